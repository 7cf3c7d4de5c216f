"""Small words of questions in four languages, folded: what asks, and what stands before a place."""

from typing import Final

ASKING: Final = frozenset(
    (  # noqa: SIM905 -- words are read more easily as sentences, here and below
        # English
        "where what which how when can could do does i me my we us our you your is are be there this that find get want"
        " need needs look looking search searching go near nearest nearby close around here please someone some any"
        " have has am help wanted all every everyone"
        # French
        " trouver trouve cherche chercher cherchons besoin j je ai que quel quelle quels quelles comment est sont il mon"
        " ma mes nous pres proche proches autour peut peux puis voudrais veux ici y tous tout toute toutes"
        # Spanish
        " donde encontrar encuentro busco buscar necesito necesita hay cerca cercano cercana como que cual mi mis puedo"
        " quiero aqui alrededor me todos todo todas toda"
        # Arabic
        " اين اجد كيف هل اريد احتاج ابحث يوجد هناك قرب بالقرب قريب قريبه عندي لدي ماذا انا يمكنني ايجاد حول كل جميع"
    ).split()
)
"""Words that a question is made of: left out of it where others remain."""

SERVICES: Final = frozenset(
    "service services servicio servicios خدمه خدمات الخدمات الخدمه".split()  # noqa: SIM905
)
"""Words that ask for anything, where only a place stands beside them."""

BEFORE_PLACE: Final = frozenset(
    (  # noqa: SIM905
        "in near nearby at around close a au aux en dans pres proche vers autour cerca cercano cercana alrededor"
        " في قرب بالقرب قريب قريبه حول"
    ).split()
)
"""Words after which a place is expected: "in", "près (de)", "cerca (de)", «في»."""

LINKING: Final = frozenset(
    "of to from the city town de du des d la le les l ville del el los las ciudad من مدينه ال".split()  # noqa: SIM905
)
"""Words that may stand between those and the place: "near the city of Dakar"."""

ATTACHED: Final = "ب"
"""«In», as Arabic writes it on the place itself: «بداكار»."""
