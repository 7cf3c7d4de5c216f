"""A list of coded words is read in the language of whoever asks, not of whoever asked first."""

from jinja2 import Environment

from directory.referrals.views import words


def test_a_list_written_in_a_template_is_not_worked_out_when_it_is_compiled() -> None:
    environment = Environment(autoescape=True)
    environment.filters["label_options"] = words.label_options

    source = environment.compile('{{ "sex"|label_options }}', raw=True)

    assert "(context, 'sex')" in source
