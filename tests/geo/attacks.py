"""Names that a hostile listing could have."""

ATTACKS = [
    "</script><script>window.__x=1</script>",
    "${window.__x=9}",
    "`+(window.__x=2)+`",
    "<img src=x onerror=window.__x=3>",
    '"><svg onload=window.__x=4>',
    "'};window.__x=5;//",
    "\\u003cscript\\u003ewindow.__x=6",
    "<!--<script>",
    "\u2028window.__x=7\u2029",
    "{{ 7*7 }}{% raw %}",
]
