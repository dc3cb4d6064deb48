"""The table of members against botocore's model of the installed version.

An older botocore lacks some of our members (its place for them is not looked at); one that is newer than the
table fails here, and says what is new.
"""

import re

import pytest

from sm_magic.members import INPUTS, OPERATIONS, OUTPUTS, PATHS, inputs, outputs
from sm_magic.messages import Request, Response, Ticket
from sm_magic.transports.model import service_model

# The model's patterns are Java's, and matched as found; beside each one ours, Python's, for a full match.
_ASCII = r"[\x20-\x7e]*"
_NAME = r"[a-zA-Z0-9](-*[a-zA-Z0-9])*"
_PRINTABLE = r"[\x21-\x7e][\x20-\x7e]*"
PATTERNS = {
    r"\p{ASCII}*": {_ASCII},
    r"^[a-zA-Z0-9](-*[a-zA-Z0-9])*": {_NAME},
    r"\A\S[\p{Print}]*\z": {_PRINTABLE},
    r".*": {r"[^\r\n]+"},  # with a minimum of one character, and no line break in a header
    r"^[a-zA-Z0-9]([\-a-zA-Z0-9]*[a-zA-Z0-9])?$": {r"[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?"},
    r"^[a-zA-Z0-9](-*[a-zA-Z0-9])*$": {_NAME},
    r"^(NEW_SESSION)$|^[a-zA-Z0-9](-*[a-zA-Z0-9])*$": {rf"NEW_SESSION|{_NAME}"},
    r"^(https|s3)://([^/]+)/?(.*)$": {r"(https|s3)://([^/]+)/?(.*)"},
    r"^(?!s3:|https:)[a-zA-Z0-9!_.*'()/-]+$": {r"(?!s3:|https:)[a-zA-Z0-9!_.*'()/-]+"},
    r"^(?!.*\..*\.)[a-zA-Z0-9][a-zA-Z0-9-_\.]*$": {r"(?!.*\..*\.)[a-zA-Z0-9][a-zA-Z0-9\-_.]*"},
}


def shapes(operation, side):
    """The model's members of one side of an operation."""
    model = service_model().operation_model(operation)
    return (model.input_shape if side == "in" else model.output_shape).members


SIDES = [(operation, side) for operation in OPERATIONS for side in ("in", "out")]


def rows(operation, side):
    """Our members of one side of an operation."""
    return inputs(operation) if side == "in" else outputs(operation)


def known(operation, side):
    """Our rows that the installed model has, with its shape."""
    members = shapes(operation, side)
    return [(row, members[row.parameter]) for row in rows(operation, side) if row.parameter in members]


def test_operations_and_their_paths_are_the_models():
    """Each operation is a POST to its own path; one that is new joins the table."""
    assert set(OPERATIONS) == set(service_model().operation_names)
    for operation, path in PATHS.items():
        assert {"method": "POST", "requestUri": path}.items() <= service_model().operation_model(
            operation
        ).http.items()


@pytest.mark.parametrize(("operation", "side"), SIDES)
def test_the_model_has_no_member_that_we_lack(operation, side):
    """A new member of the API is one row."""
    assert set() == set(shapes(operation, side)) - {row.parameter for row in rows(operation, side)}


@pytest.mark.parametrize(("operation", "side"), SIDES)
def test_headers_are_the_models(operation, side):
    """Where a member travels: a header by that very name, else the path or the body."""
    ours = {row.parameter: row.place(operation).header for row, _ in known(operation, side)}
    theirs = {
        row.parameter: shape.serialization.get("name")
        if shape.serialization.get("location") == "header"
        else None
        for row, shape in known(operation, side)
    }

    assert theirs == ours


@pytest.mark.parametrize("operation", OPERATIONS)
def test_patterns_stand_beside_the_models(operation):
    """A pattern that the model changed fails here, and is printed."""
    strange = {
        row.parameter: (shape.metadata["pattern"], row.place(operation).pattern)
        for row, shape in known(operation, "in")
        if "pattern" in shape.metadata
        and row.place(operation).pattern not in PATTERNS.get(shape.metadata["pattern"], ())
    }

    assert strange == {}, f"(the model's pattern, ours): {strange}"


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_member_without_a_pattern_in_the_model_has_none_here(operation):
    """We refuse nothing that the service would take."""
    assert [
        row.parameter
        for row, shape in known(operation, "in")
        if "pattern" not in shape.metadata and row.place(operation).pattern is not None
    ] == []


def test_every_pattern_is_one_of_pythons():
    """And none runs away on a long hostile value."""
    for row in INPUTS:
        for operation in OPERATIONS:
            place = row.place(operation)
            if place is not None and place.pattern is not None:
                assert re.fullmatch(place.pattern, "a" * 5_000 + "-" * 5_000 + "\n") is None


def test_names_are_those_of_request_and_response():
    """A row's name is the attribute that carries it."""
    for operation in OPERATIONS:
        assert {row.name for row in inputs(operation)} <= set(dir(Request))
    assert {row.name for row in outputs("InvokeEndpointAsync")} <= set(dir(Ticket))
    assert {row.name for row in outputs("InvokeEndpoint")} - {"body", "content_type"} <= set(dir(Response))


def test_names_parameters_and_options_are_unique():
    """One row each."""
    for table in (INPUTS, OUTPUTS):
        assert len(table) == len({row.name for row in table}) == len({row.parameter for row in table})
    options = [row.option for row in INPUTS if row.option]
    assert len(options) == len(set(options))


def test_options_are_the_parameters_in_kebab_case():
    """The AWS CLI's spelling."""
    for row in INPUTS:
        if row.option:
            assert (
                row.option
                == "--"
                + re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", row.parameter).lower()
            )
