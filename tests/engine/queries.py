"""Queries outside the portable subset with the reason, and inside it with the nullability of their columns."""

REFUSED = {
    # words and signs
    "SELECT deal_id FROM deals WHERE code = 'x'": "no text literals",
    'SELECT "deal_id" FROM deals': "no quoted names",
    "SELECT deal_id FROM deals -- all": "no comments",
    "SELECT deal_id FROM deals; SELECT 1": "one statement",
    "SELECT amount / 2 AS half FROM deals": "no division",
    "SELECT amount % 2 AS odd FROM deals": "no division",
    "SELECT deal_id || 1 AS text FROM deals": "no joining of text",
    "SELECT amount::BIGINT AS amount FROM deals": "a conversion is CAST",
    "SELECT deal_id FROM deals WHERE state == 0": "equality is one =",
    "SELECT deal_id FROM deals WHERE amount > 1.5": "only whole numbers",
    "SELECT deal_id FROM deals WHERE amount > 1e5": "only whole numbers",
    "select deal_id from deals": "write SQL words in capitals",
    "SELECT Deal_Id FROM deals": "names in small letters",
    "SELECT left FROM people": "not a bare name on every engine",
    "SELECT state AS order FROM deals": "not a bare name on every engine",
    # constructs
    "SELECT * FROM deals": "SELECT * is not allowed",
    "SELECT d.* FROM deals d": "SELECT * is not allowed",
    "SELECT ROUND(amount) AS a FROM deals": "no rounding",
    "SELECT round(amount) AS a FROM deals": "a function outside",
    "SELECT median(amount) AS a FROM deals": "a function outside",
    "SELECT ifnull(amount, 0) AS a FROM deals": "a function outside",
    "SELECT iif(state = 0, 1, 2) AS a FROM deals": "a function outside",
    "SELECT foo (amount) AS a FROM deals": "a function outside",
    "SELECT COALESCE(amount) AS a FROM deals": "COALESCE takes two values",
    "SELECT SUM(amount) OVER (ORDER BY deal_id) AS a FROM deals": "no window functions",
    "WITH RECURSIVE up AS (SELECT unit_id FROM units) SELECT unit_id FROM up": "no recursion",
    "WITH up AS MATERIALIZED (SELECT unit_id FROM units) SELECT unit_id FROM up": "no MATERIALIZED hints",
    "SELECT unit_id FROM (WITH up AS (SELECT unit_id FROM units) SELECT unit_id FROM up) q": "head of the query",
    "SELECT deal_id FROM deals UNION SELECT deal_id FROM contracts": "only UNION ALL",
    "SELECT deal_id FROM deals EXCEPT SELECT deal_id FROM contracts": "outside the portable subset",
    "(SELECT deal_id FROM deals) UNION ALL (SELECT unit_id FROM units)": "",
    "SELECT d.deal_id FROM deals d, people p": "only JOIN and LEFT JOIN with ON",
    "SELECT d.deal_id FROM deals d CROSS JOIN people p": "outside the portable subset",
    "SELECT d.deal_id FROM deals d FULL JOIN people p ON p.person_id = d.owner_id": "outside the portable subset",
    "SELECT d.deal_id FROM deals d JOIN people p USING (person_id)": "outside the portable subset",
    "SELECT amount FROM deals d NATURAL JOIN people p": "outside the portable subset",
    "DELETE FROM deals": "outside the portable subset",
    "SELECT deal_id FROM other.deals": "Table db is outside",
    "SELECT deal_id, CAST(amount AS BIGINT) AS a FROM deals": "CAST is only for",
    "SELECT SUM(amount) AS a FROM deals": "SUM stands inside CAST",
    "SELECT CAST(SUM(amount) AS INT) AS a FROM deals": "outside the portable subset",
    "SELECT CAST(SUM(DISTINCT amount) AS BIGINT) AS a FROM deals": "only COUNT(DISTINCT x)",
    "SELECT COUNT(DISTINCT deal_id, owner_id) AS n FROM deals": "only COUNT(DISTINCT x)",
    "SELECT MIN(amount, 3) AS a FROM deals": "Min expressions is outside",
    "SELECT COUNT(*) FILTER (WHERE state = 0) AS n FROM deals": "outside the portable subset",
    "SELECT deal_id, NULL AS empty FROM deals": "NULL stands only in IS NULL",
    "SELECT deal_id FROM deals WHERE amount = NULL": "NULL stands only in IS NULL",
    "SELECT deal_id FROM deals WHERE state = TRUE": "truth values are not numbers",
    "SELECT deal_id FROM deals WHERE (state, grade) = (1, 2)": "no comparison of tuples",
    "SELECT deal_id FROM deals WHERE owner_id NOT IN (SELECT person_id FROM people)": "Use NOT EXISTS",
    "SELECT (SELECT 1 AS one FROM units) AS one FROM deals": "",
    "SELECT deal_id FROM deals LIMIT 5": "LIMIT needs ORDER BY",
    "SELECT deal_id FROM deals ORDER BY deal_id OFFSET 5": "OFFSET needs LIMIT",
    "SELECT deal_id FROM deals ORDER BY deal_id LIMIT 2 + 3": "LIMIT takes a whole number",
    "SELECT deal_id FROM deals ORDER BY deal_id NULLS LAST": "no NULLS FIRST/LAST",
    "SELECT deal_id FROM (SELECT deal_id FROM deals": "cannot be parsed",
    # names
    "SELECT deal_id FROM nowhere": "there is no relation nowhere",
    "SELECT person_id FROM roles": "there is no relation roles",
    "SELECT missing FROM deals": "there is no column missing",
    "SELECT d.missing FROM deals d": "there is no column d.missing",
    "SELECT x.deal_id FROM deals d": "there is no column x.deal_id",
    "SELECT deal_id FROM deals d JOIN contracts c ON c.deal_id = d.deal_id": "deal_id is in d and c",
    "SELECT d.deal_id FROM deals d JOIN contracts d ON d.deal_id = d.deal_id": "d stands twice",
    "WITH deals AS (SELECT unit_id FROM units) SELECT unit_id FROM deals": "the name deals is taken",
    "SELECT unit_id FROM (SELECT unit_id FROM units)": "a subquery in FROM needs a name",
    "SELECT deal_id, owner_id AS deal_id FROM deals": "two columns are called deal_id",
    "SELECT amount + 1 FROM deals": "needs AS and a name",
    "SELECT 1 AS one": "there is no FROM",
    # numbers and truth values
    "SELECT deal_id = 3 AS mine FROM deals": "a truth value is not a number",
    "SELECT CAST(SUM(state = 1) AS BIGINT) AS won FROM deals": "a truth value is not a number",
    "SELECT deal_id FROM deals WHERE (state = 1) = (grade = 2)": "a truth value is not a number",
    "SELECT deal_id FROM deals WHERE estimated": "a number is not a truth value",
    "SELECT CASE WHEN estimated THEN 1 ELSE 0 END AS e FROM deals": "a number is not a truth value",
    "SELECT deal_id FROM deals WHERE NOT estimated": "a number is not a truth value",
    "SELECT deal_id FROM deals WHERE owner_id IN (1, deal_id)": "IN takes whole numbers",
    "SELECT deal_id FROM deals WHERE owner_id IN (SELECT unit_id, parent_id FROM units)": "IN has one column",
    # sizes and what must not be filled
    "SELECT amount * amount AS square FROM deals": "can leave 2^62",
    "SELECT amount * deal_id AS a FROM deals": "can leave 2^62",
    "SELECT CAST(SUM(amount) AS BIGINT) * 10000 AS a FROM deals": "can leave 2^62",
    "SELECT amount * :rate AS a FROM deals": "can leave 2^62",
    "SELECT deal_id + 86400 * 365 AS a FROM deals": "constants are not multiplied",
    "SELECT COALESCE(cost, 0) AS cost FROM contracts": "may not be filled",
    "SELECT COALESCE(CAST(SUM(cost) AS BIGINT), 0) AS cost FROM contracts": "may not be filled",
    "SELECT COALESCE(q.c, 0) AS c FROM (SELECT amount - cost AS c FROM contracts) q": "may not be filled",
    "SELECT CASE WHEN cost IS NULL THEN 0 ELSE cost END AS cost FROM contracts": "may not be filled",
    # joins
    "SELECT d.deal_id FROM deals d JOIN people p ON p.person_id = d.owner_id OR p.left = 1": "no OR in ON",
    "SELECT d.deal_id FROM deals d JOIN people p ON p.person_id > d.owner_id": "ON needs an equality",
    "SELECT d.deal_id FROM deals d JOIN people p ON d.owner_id = d.stage_id": "ON needs an equality",
    "SELECT d.deal_id FROM deals d JOIN people p ON p.person_id = 3": "ON needs an equality",
    "SELECT d.deal_id FROM deals d JOIN people p ON COUNT(*) = p.person_id": "no aggregate in ON",
    "SELECT d.deal_id FROM deals d JOIN people p ON p.person_id = d.owner_id"
    " AND NOT (p.left = 1 AND d.state = 1)": "ON takes comparisons",
    # groups
    "SELECT deal_id, owner_id FROM deals GROUP BY owner_id": "deal_id is neither grouped nor aggregated",
    "SELECT owner_id, COUNT(*) AS n FROM deals": "owner_id is neither grouped nor aggregated",
    "SELECT owner_id, COUNT(*) AS n FROM deals GROUP BY owner_id HAVING state = 1": "neither grouped nor aggregated",
    "SELECT COUNT(*) AS n FROM deals HAVING COUNT(*) > 1": "HAVING needs GROUP BY",
    "SELECT owner_id FROM deals WHERE COUNT(*) > 1": "no aggregate in WHERE",
    "SELECT CAST(SUM(COUNT(*)) AS BIGINT) AS n FROM deals": "an aggregate inside an aggregate",
    "SELECT -owner_id AS owner_id, COUNT(*) AS n FROM deals GROUP BY owner_id": "names an input and an alias",
    "SELECT COUNT(*) AS n FROM deals GROUP BY 1": "no constant and no position",
    "SELECT owner_id, COUNT(*) AS n FROM deals GROUP BY owner_id HAVING n > 1": "there is no column n",
    # order
    "SELECT deal_id, amount FROM deals ORDER BY amount, deal_id": "it can be null",
    "SELECT deal_id, owner_id FROM deals ORDER BY owner_id": "deal_id may still differ",
    "SELECT deal_id FROM deals ORDER BY 1": "no constant and no position",
    "SELECT owner_id, state, COUNT(*) AS n FROM deals GROUP BY owner_id, state ORDER BY owner_id": "leaves ties",
    "SELECT owner_id, COUNT(*) AS n FROM deals GROUP BY owner_id ORDER BY COUNT(*) DESC": "leaves ties",
    "SELECT owner_id, COUNT(*) AS n FROM deals GROUP BY owner_id ORDER BY state": "neither grouped nor aggregated",
    "SELECT DISTINCT owner_id FROM deals ORDER BY deal_id": "DISTINCT orders by output columns",
    "SELECT d.deal_id, c.contract_id FROM deals d LEFT JOIN contracts c ON c.deal_id = d.deal_id"
    " ORDER BY d.deal_id": "contract_id may still differ",
    "SELECT -deal_id AS deal_id FROM deals ORDER BY deal_id + 0": "names an input and an alias",
    "SELECT deal_id FROM deals UNION ALL SELECT contract_id FROM contracts ORDER BY deal_id + 1": "output columns only",
    "SELECT deal_id, owner_id FROM deals UNION ALL SELECT contract_id, owner_id FROM contracts"
    " ORDER BY deal_id": "owner_id may still differ",
    "SELECT deal_id FROM deals UNION ALL SELECT contract_id, owner_id FROM contracts": "differ in columns",
    "SELECT deal_id FROM deals ORDER BY deal_id UNION ALL SELECT unit_id FROM units": "",
}

ACCEPTED = {
    "SELECT d.deal_id, d.amount FROM deals d WHERE d.state = 0 ORDER BY d.deal_id DESC LIMIT :rows OFFSET :first": {
        "deal_id": False,
        "amount": True,
    },
    "SELECT deal_id, amount FROM deals WHERE amount IS NOT NULL AND owner_id IN (:owners) ORDER BY amount, deal_id": {
        "deal_id": False,
        "amount": False,
    },
    "SELECT deal_id, amount FROM deals"
    " ORDER BY CASE WHEN amount IS NULL THEN 1 ELSE 0 END, amount DESC, deal_id LIMIT 2": {
        "deal_id": False,
        "amount": True,
    },
    "SELECT unit_id, COUNT(*) AS n, COUNT(amount) AS known, CAST(SUM(amount) AS BIGINT) AS amount,"
    " MIN(closed_day) AS first, COUNT(DISTINCT owner_id) AS owners FROM deals GROUP BY unit_id ORDER BY unit_id": {
        "unit_id": False,
        "n": False,
        "known": False,
        "amount": True,
        "first": False,
        "owners": False,
    },
    "SELECT COUNT(*) AS n, CAST(SUM(push_count) AS BIGINT) AS pushes, COALESCE(MAX(amount), 0) AS top FROM deals": {
        "n": False,
        "pushes": True,
        "top": False,
    },
    "SELECT CASE WHEN amount > 500 THEN 1 ELSE 0 END AS large, COUNT(*) AS n FROM deals GROUP BY large"
    " ORDER BY n, large": {
        "large": False,
        "n": False,
    },
    "SELECT owner_id, state, COUNT(*) AS n FROM deals GROUP BY owner_id, state HAVING COUNT(*) >= 1"
    " ORDER BY COUNT(*) DESC, owner_id, state": {"owner_id": False, "state": False, "n": False},
    "SELECT d.deal_id, COALESCE(c.signed, 0) AS signed, c.signed AS maybe FROM deals d"
    " LEFT JOIN (SELECT deal_id, CAST(SUM(amount) AS BIGINT) AS signed FROM contracts GROUP BY deal_id) c"
    " ON c.deal_id = d.deal_id ORDER BY d.deal_id": {"deal_id": False, "signed": False, "maybe": True},
    "SELECT d.deal_id, p.left, s.position FROM deals d JOIN people p ON p.person_id = d.owner_id"
    " LEFT JOIN stages s ON s.stage_id = d.stage_id AND s.state = 0 ORDER BY d.deal_id": {
        "deal_id": False,
        "left": False,
        "position": True,
    },
    "WITH held AS (SELECT owner_id, COUNT(*) AS n FROM deals GROUP BY owner_id)"
    " SELECT p.person_id, COALESCE(h.n, 0) AS n FROM people p LEFT JOIN held h ON h.owner_id = p.person_id"
    " ORDER BY p.person_id": {"person_id": False, "n": False},
    "SELECT deal_id AS number, amount FROM deals UNION ALL SELECT contract_id, amount FROM contracts": {
        "number": False,
        "amount": True,
    },
    "SELECT q.kind, q.number FROM (SELECT 1 AS kind, deal_id AS number FROM deals UNION ALL"
    " SELECT 2 AS kind, contract_id AS number FROM contracts) q ORDER BY q.kind, q.number": {
        "kind": False,
        "number": False,
    },
    "SELECT deal_id FROM deals d WHERE EXISTS (SELECT 1 FROM contracts c WHERE c.owner_id = d.owner_id)"
    " AND NOT EXISTS (SELECT 1 FROM contracts c WHERE c.deal_id = d.deal_id AND c.amount > 5) ORDER BY deal_id": {
        "deal_id": False
    },
    "SELECT deal_id FROM deals WHERE owner_id IN (SELECT owner_id FROM contracts) OR state BETWEEN 1 AND 2"
    " ORDER BY deal_id": {"deal_id": False},
    "SELECT DISTINCT owner_id, unit_id FROM deals ORDER BY unit_id, owner_id": {"owner_id": False, "unit_id": False},
    "SELECT contract_id, amount - cost AS margin FROM contracts ORDER BY contract_id": {
        "contract_id": False,
        "margin": True,
    },
    "SELECT owner_id, CAST(SUM(CASE WHEN effective_day > 3 THEN cost END) AS BIGINT) AS cost, COUNT(cost) AS n"
    " FROM contracts GROUP BY owner_id ORDER BY owner_id": {"owner_id": False, "cost": True, "n": False},
    "SELECT deal_id, push_count * stage_day AS product, 3 * push_count - 1 AS less FROM deals ORDER BY deal_id": {
        "deal_id": False,
        "product": False,
        "less": False,
    },
    "SELECT d.owner_id, c.contract_id FROM contracts c JOIN deals d ON d.deal_id = c.deal_id ORDER BY c.contract_id": {
        "owner_id": False,
        "contract_id": False,
    },
    "SELECT d.deal_id, d.owner_id FROM deals d WHERE d.deal_id = :deal ORDER BY d.owner_id": {
        "deal_id": False,
        "owner_id": False,
    },
}
