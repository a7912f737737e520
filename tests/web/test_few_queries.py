"""Pages that list records ask the database a dozen times at the most, whatever they list and whoever asks."""

import pytest

LISTS = ("tables/pipeline", "deals/list", "deals/lost", "customers/accounts")
MOST = 12


@pytest.mark.parametrize("person", ["li", "east", "boss"])
@pytest.mark.parametrize("name", LISTS)
def test_a_page_that_lists_records_asks_few_questions(signed_in, django_assert_max_num_queries, name, person):
    client = signed_in(person)

    with django_assert_max_num_queries(MOST):
        page = client.get(f"/reports/{name}/")

    assert page.status_code == 200
