"""The table that golden cases ask by the name cloudtrail_logs, as statements for a Trino with a memory catalog.

Its rows are the records of tests/sql/golden/cloudtrail.json; its columns those of src/catalog/cloudtrail_table.cc, which the
first case of cloudtrail.golden holds them to. Values are read as Athena's JsonSerDe reads them: keys in any case, and what is
no string becomes, in a column of text, its JSON.
"""

import json
import os

NAME = "cloudtrail_logs"
RECORDS = os.path.join(os.path.dirname(__file__), "../tests/sql/golden/cloudtrail.json")

# A type is "varchar", ["array", element], ["map", value] of varchar keys, or {field: type} for a row.
TEXT = "varchar"


def row_of(*names, **others):
    return dict.fromkeys(names, TEXT) | others


ISSUER = row_of("type", "principalid", "arn", "accountid", "username")
FEDERATION = row_of("federatedprovider", attributes=["map", TEXT])
SESSION = {"attributes": row_of("mfaauthenticated", "creationdate"), "sessionissuer": ISSUER, "ec2roledelivery": TEXT,
           "webidfederationdata": FEDERATION}
IDENTITY = row_of("type", "principalid", "arn", "accountid", "invokedby", "accesskeyid", "username",
                  onbehalfof=row_of("userid", "identitystorearn"), sessioncontext=SESSION)
COLUMNS = (
    {"eventversion": TEXT, "useridentity": IDENTITY}
    | row_of("eventtime", "eventsource", "eventname", "awsregion", "sourceipaddress", "useragent", "errorcode", "errormessage",
             "requestparameters", "responseelements", "additionaleventdata", "requestid", "eventid")
    | {"resources": ["array", row_of("arn", "accountid", "type")]}
    | row_of("eventtype", "apiversion", "readonly", "recipientaccountid", "serviceeventdetails", "sharedeventid",
             "vpcendpointid", "vpcendpointaccountid", "eventcategory",
             addendum=row_of("reason", "updatedfields", "originalrequestid", "originaleventid"))
    | row_of("sessioncredentialfromconsole", "edgedevicedetails",
             tlsdetails=row_of("tlsversion", "ciphersuite", "clientprovidedhostheader"))
)


def spelled(kind):
    """The type in Trino's words."""
    if isinstance(kind, dict):
        return "row(" + ", ".join(f'"{name}" {spelled(inner)}' for name, inner in kind.items()) + ")"
    if isinstance(kind, list):
        return f"array({spelled(kind[1])})" if kind[0] == "array" else f"map(varchar, {spelled(kind[1])})"
    return kind


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def expression(kind, value):
    """The value as an expression that can be cast to the type."""
    if value is None:
        return "NULL"
    if isinstance(kind, dict):
        fields = {name.lower(): inner for name, inner in value.items()}
        return "ROW(" + ", ".join(expression(inner, fields.get(name)) for name, inner in kind.items()) + ")"
    if isinstance(kind, list) and kind[0] == "array":
        return "ARRAY[" + ", ".join(f"CAST({expression(kind[1], v)} AS {spelled(kind[1])})" for v in value) + "]"
    if isinstance(kind, list):
        values = ", ".join(expression(kind[1], v) for v in value.values())
        return f"MAP(ARRAY[{', '.join(quoted(key) for key in value)}], ARRAY[{values}])"
    if isinstance(value, str):
        return quoted(value)
    return quoted(json.dumps(value, separators=(",", ":"), ensure_ascii=False))


def row_expression(record):
    fields = {name.lower(): value for name, value in record.items()}
    return ", ".join(f"CAST({expression(kind, fields.get(name))} AS {spelled(kind)})" for name, kind in COLUMNS.items())


def statements():
    """What makes the table anew, one row at a time."""
    with open(RECORDS, encoding="utf-8") as file:
        records = json.load(file)["Records"]
    columns = ", ".join(f"{name} {spelled(kind)}" for name, kind in COLUMNS.items())
    yield f"DROP TABLE IF EXISTS {NAME}"
    yield f"CREATE TABLE {NAME} ({columns})"
    for record in records:
        yield f"INSERT INTO {NAME} SELECT {row_expression(record)}"
