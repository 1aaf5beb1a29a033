#!/usr/bin/env python3
"""Asks the real Trino (tools/trino-oracle) the cases of golden files and writes its answers into them.

    tools/golden.py tests/sql/golden/string.golden …     write the answers of these files
    tools/golden.py --new FILE …                         only of cases that have none yet
    tools/golden.py --check FILE …                       write nothing; exit 1 where an answer differs from the file's
    tools/golden.py --ask "SELECT 1"                     one statement, its answer to standard output
    tools/golden.py --functions FILE                     write the names and kinds of Trino's functions, a line each

A golden file is a list of cases. A line that begins with neither a blank nor '#' is a statement, or an expression, which is
asked as SELECT <expression>; lines indented by four go on with it. Lines indented by two are the answer of Trino:

    # why this case is here
    lower('ABC')
      varchar(3): abc
    SELECT a, b FROM (VALUES (1, 'x'), (2, NULL)) AS t (a, b)
        ORDER BY a
      a integer | b varchar(1)
      1 | x
      2 | NULL
    1 / 0
      ! DIVISION_BY_ZERO: Division by zero

Values are shown as Athena shows them. One that is empty, or begins or ends with a blank, or reads NULL, stands in single
quotes; control characters are written \\n, \\u001f. Rows of a statement without ORDER BY are sorted. An answer line that
begins with '@' says what Athena, and so opentrail, gives instead; the comment above says why. One that begins with '~' says
what opentrail still gives instead: an open end (OPENTRAIL_UPDATE_GOLDEN=1 and the test golden_test write these). The tool
keeps both.

Cases may ask the table cloudtrail_logs, which the tool makes in Trino's memory (tools/golden_table.py).

OPENTRAIL_TRINO names another server than http://127.0.0.1:18435.
"""

import base64
import json
import os
import re
import sys
import time
import urllib.error
import urllib.request

import golden_table

SERVER = os.environ.get("OPENTRAIL_TRINO", "http://127.0.0.1:18435")
# What ours has in its session too: the user, the catalog, the database, the zone.
HEADERS = {
    "X-Trino-User": "opentrail",
    "X-Trino-Catalog": "awsdatacatalog",
    "X-Trino-Schema": "default",
    "X-Trino-Time-Zone": "UTC",
    "X-Trino-Client-Capabilities": "PARAMETRIC_DATETIME",
}
STATEMENT_WORDS = ("SELECT", "WITH", "VALUES", "TABLE", "SELEC", "EXPLAIN", "SHOW", "DESCRIBE", "CREATE", "DROP", "INSERT",
                   "DELETE", "PREPARE", "EXECUTE")
BATCH = 24


class Refused(Exception):
    """Trino answered with an error; the text is "CODE: message" as Athena writes it."""


def is_statement(text):
    """Whether it is asked as it stands; words in upper case, as tests/golden_case_file.h has it."""
    return re.split(r"[\s(]", text.lstrip("("), maxsplit=1)[0] in STATEMENT_WORDS


def request(url, body=None):
    for attempt in range(5):
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, HEADERS)) as response:
                return json.loads(response.read(), parse_float=str)
        except urllib.error.HTTPError as error:  # "try again" is the protocol's own word for a busy server
            if error.code not in (502, 503, 504) or attempt == 4:
                raise
            time.sleep(0.2)


def ask(statement):
    """The columns and rows of a statement; Refused where Trino refuses it."""
    answer = request(SERVER + "/v1/statement", statement.encode())
    columns, rows = None, []
    while True:
        if "error" in answer:
            raise Refused(refusal(answer["error"]))
        columns = answer.get("columns", columns)
        rows += answer.get("data", [])
        if "nextUri" not in answer:
            return columns or [], rows
        answer = request(answer["nextUri"])


def refusal(error):
    # Athena writes what the parser refuses without a code.
    if error["failureInfo"]["type"].endswith("ParsingException"):
        return error["message"]
    return f"{error['errorName']}: {error['message']}"


# --- values as Athena shows them ---


def render(signature, value):
    """Athena's text of a value of Trino's JSON; None for NULL."""
    if value is None:
        return None
    kind = signature["rawType"]
    if kind == "boolean":
        return "true" if value else "false"
    if kind == "varbinary" or kind == "HyperLogLog":
        return base64.b64decode(value).hex(" ")
    if kind in ("array", "map", "row"):
        return CONTAINERS[kind](signature["arguments"], value)
    if kind.startswith("time"):
        return to_milliseconds(kind, value)
    return value if isinstance(value, str) else str(value)


def nested(argument, value):
    text = render(argument["value"], value)
    return "null" if text is None else text


def render_array(arguments, value):
    return "[" + ", ".join(nested(arguments[0], element) for element in value) + "]"


def render_map(arguments, value):
    key_type = arguments[0]["value"]["rawType"]
    is_number = key_type in ("tinyint", "smallint", "integer", "bigint", "real", "double")
    entries = [(key if not is_number else str(key), item) for key, item in value.items()]
    entries.sort(key=(lambda entry: float(entry[0])) if is_number else (lambda entry: entry[0]))
    return "{" + ", ".join(f"{key}={nested(arguments[1], item)}" for key, item in entries) + "}"


def render_row(arguments, value):
    shown = []
    for argument, field in zip(arguments, value):
        name = (argument["value"].get("fieldName") or {}).get("name")
        text = nested({"value": argument["value"]["typeSignature"]}, field)
        shown.append(f"{name}={text}" if name else text)
    return "{" + ", ".join(shown) + "}"


CONTAINERS = {"array": render_array, "map": render_map, "row": render_row}


def to_milliseconds(kind, value):
    """Athena prints times to the millisecond whatever their precision; what would need rounding is not asked."""
    match = re.match(r"^(.*?\d\d:\d\d:\d\d)(?:\.(\d+))?(.*)$", value)
    if not match:
        return value
    digits = (match[2] or "")
    if len(digits) > 3 and digits[3:].strip("0"):
        return value  # shown as it is: a case of precision says so with an '@'
    return f"{match[1]}.{digits[:3].ljust(3, '0')}{match[3]}"


def shown(text):
    if text is None:
        return "NULL"
    if text == "" or text == "NULL" or text[0] == " " or text[-1] == " ":
        text = f"'{text}'"
    return escaped(text)


def escaped(text):
    return re.sub(r"[\x00-\x1f\x7f]", lambda c: "\\n" if c[0] == "\n" else f"\\u{ord(c[0]):04x}", text)


def spelled(type_text):
    """A column's type as typeof() and the error messages spell it: "decimal(2,1)", "interval day to second"."""
    type_text = re.sub(r"(decimal\(\d+), (\d+\))", r"\1,\2", type_text)
    return re.sub(r"INTERVAL (DAY TO SECOND|YEAR TO MONTH)", lambda found: found[0].lower(), type_text)


def answer_lines(text):
    """What the file shows under a case."""
    if not is_statement(text):
        return expression_answers([text])[0]
    try:
        columns, rows = ask(text)
    except Refused as refused:
        return ["! " + escaped(str(refused))]
    lines = []
    for row in rows:
        lines.append(" | ".join(shown(render(c["typeSignature"], v)) for c, v in zip(columns, row)))
    if not re.search(r"\bORDER\s+BY\b", text, re.IGNORECASE):
        lines.sort(key=str.encode)
    return [" | ".join(f"{c['name']} {spelled(c['type'])}" for c in columns)] + lines


def expression_answers(expressions):
    """Of many expressions with few questions: all at once, and where that is refused, those alone that refuse."""
    try:
        columns, rows = ask("SELECT " + "\n,".join(expressions))
        return [[f"{spelled(c['type'])}: {shown(render(c['typeSignature'], v))}"] for c, v in zip(columns, rows[0])]
    except Refused as refused:
        if len(expressions) == 1:
            return [["! " + escaped(str(refused))]]
        place = re.search(r"\bline (\d+):\d+: ", str(refused))
    if place and not any("\n" in e for e in expressions) and int(place[1]) <= len(expressions):
        culprit = int(place[1]) - 1
        rest = expressions[:culprit] + expressions[culprit + 1 :]
        answers = expression_answers(rest)
        return answers[:culprit] + expression_answers([expressions[culprit]]) + answers[culprit:]
    half = len(expressions) // 2
    return expression_answers(expressions[:half]) + expression_answers(expressions[half:])


# --- files ---


def read_cases(lines):
    """Blocks in order: (other lines in front, statement lines, answer of Trino, answer of Athena)."""
    front, statement, answer, athena = [], [], [], []
    for line in lines:
        if line.startswith("    "):
            statement.append(line)
            continue
        if line.startswith("  "):
            (athena if line.startswith(("  @", "  ~")) else answer).append(line[2:])
            continue
        is_other = not line or line.startswith("#")
        if statement:
            yield front, statement, answer, athena
            front, statement, answer, athena = [], [], [], []
        (front if is_other else statement).append(line)
    yield front, statement, answer, athena


def answers_of(statements):
    """The answers, in order; expressions are asked together."""
    answers = {}
    # Asked beside 0, Trino takes -0 for the same expression.
    expressions = [text for text in dict.fromkeys(statements) if not is_statement(text) and "-0" not in text]
    for i in range(0, len(expressions), BATCH):
        batch = expressions[i : i + BATCH]
        answers |= dict(zip(batch, expression_answers(batch)))
    return [answers.get(text) or answer_lines(text) for text in statements]


def process(path, only_new, check):
    with open(path, encoding="utf-8") as file:
        lines = file.read().removesuffix("\n").split("\n")
    cases = list(read_cases(lines))
    wanted = ["\n".join(c[1]) for c in cases if c[1] and not (only_new and c[2])]
    answers = dict(zip(wanted, answers_of(wanted)))
    out, differing = [], 0
    for front, statement, answer, athena in cases:
        given = answers.get("\n".join(statement), answer)
        if answer and given != answer:
            differing += 1
            print(f"{path}: {' '.join(statement)}\n  was {answer}\n  is  {given}", file=sys.stderr)
        out += front + statement + ["  " + line for line in given + athena]
    if not check:
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(out) + "\n")
    return differing


def mentions_table(path):
    with open(path, encoding="utf-8") as file:
        return golden_table.NAME in file.read()


def write_functions(path):
    _, rows = ask("SHOW FUNCTIONS")
    names = sorted({(row[0], row[3]) for row in rows})
    with open(path, "w", encoding="utf-8") as file:
        file.write("".join(f"{name} {kind}\n" for name, kind in names))


def main(arguments):
    if arguments[:1] == ["--ask"]:
        for text in arguments[1:]:
            print("\n".join(answer_lines(text)))
        return 0
    files = [a for a in arguments if not a.startswith("--")]
    if "--functions" in arguments and files:
        write_functions(files[0])
        return 0
    if not files:
        sys.exit(__doc__)
    if any(mentions_table(path) for path in files):
        for statement in golden_table.statements():
            ask(statement)
    differing = sum(process(path, "--new" in arguments, "--check" in arguments) for path in files)
    return 1 if differing and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
