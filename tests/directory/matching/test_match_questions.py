"""Unknown facts become questions, needs without a match become gaps."""

from tests.directory.matching.conftest import Ask, List, criterion


def test_questions_count_the_results_they_would_settle(offer: List, ask: Ask) -> None:
    offer(minimum_age=18)
    offer(minimum_age=18, sexes=("female",))
    offer(required_documents=("passport",), languages=("fr",), profiles=("vot",))
    answer = ask()
    assert answer["questions"] == [
        {"field": "person.age", "would_change": 2},
        {"field": "person.documents", "would_change": 1},
        {"field": "person.languages", "would_change": 1},
        {"field": "person.profiles", "would_change": 1},
        {"field": "person.sex", "would_change": 1},
    ]


def test_nothing_is_asked_that_is_known(offer: List, ask: Ask) -> None:
    offer(
        minimum_age=18,
        sexes=("female",),
        required_documents=("passport",),
        profiles=("vot",),
    )
    person = {
        "age": 20, "sex": "female", "documents": ["passport"], "profiles": ["vot"],
        "languages": ["fr"],
    }  # fmt: skip
    assert ask(person=person)["questions"] == []


def test_nothing_is_asked_that_settles_nothing(offer: List, ask: Ask) -> None:
    # Other papers stay unknown whatever the person has; the cost is for the provider to say.
    offer(required_documents=("letter of the chief",), cost=None)
    assert ask()["questions"] == []


def test_profiles_that_were_not_asked_are_a_question(offer: List, ask: Ask) -> None:
    offer(profiles=("vot",))
    answer = ask(person={"profiles": [], "profiles_unknown": ["vot"]})
    assert answer["questions"] == [{"field": "person.profiles", "would_change": 1}]


def test_only_listed_results_count(offer: List, ask: Ask) -> None:
    for _ in range(5):
        offer(minimum_age=18)
    assert ask(limit=2)["questions"] == [{"field": "person.age", "would_change": 2}]


def test_answering_changes_what_was_asked_about(offer: List, ask: Ask) -> None:
    offer(minimum_age=18)
    before = criterion(ask()["matches"][0], "age")["status"]
    assert before == "unknown"
    assert criterion(ask(person={"age": 20})["matches"][0], "age")["status"] == "met"
    assert ask(person={"age": 17})["total"] == 0


def test_gaps_are_the_needs_without_a_match(offer: List, ask: Ask) -> None:
    offer(taxonomy_terms=("health.primary",))
    offer(taxonomy_terms=("legal.aid",), minimum_age=60)
    answer = ask("housing", "health.primary", "legal.aid", person={"age": 20})
    assert answer["gaps"] == ["housing", "legal.aid"]
    assert ask("health.primary", "legal.aid", limit=1)["gaps"] == []
