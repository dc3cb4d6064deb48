"""What people type who come from boto3, the AWS CLI, curl or another magic → the form that works here.

Only read when a line is refused: nothing here changes what a line means.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from .. import mediatypes
from ..errors import UsageError
from ..members import INPUTS
from ..spelling import near, question
from .grammar import Grammar
from .line import Token, quote, unquote
from .manual import MAGICS

_INPUT = "INPUT needs no option"
_ENDPOINT = "ENDPOINT needs no option"
# Words for things that stand without an option, in kebab-case.
_BARE: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("input", "data", "body", "payload", "value", "text", "df", "d", "i"), _INPUT),
        **dict.fromkeys(("endpoint", "endpoint-name", "name", "e", "n"), _ENDPOINT),
    }
)
# Words for options, in kebab-case → what to type.  A row counts only where its magic has the option.
_MEANT: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            ("type", "mime", "mimetype", "mime-type", "format", "input-format", "c"), "--content-type"
        ),
        **dict.fromkeys(("accepts", "response-type", "output-format", "accept-type"), "--accept"),
        **dict.fromkeys(("attributes", "attrs", "attribute", "custom-attribute"), "--custom-attributes"),
        **dict.fromkeys(("variant", "variant-name", "production-variant", "v"), "--target-variant"),
        **dict.fromkeys(("model", "model-name", "m"), "--target-model"),
        **dict.fromkeys(("container", "hostname", "container-hostname"), "--target-container-hostname"),
        **dict.fromkeys(
            ("component", "component-name", "inference-component", "ic"), "--inference-component-name"
        ),
        **dict.fromkeys(("id", "event-id"), "--inference-id"),
        **dict.fromkeys(("session", "sticky"), "--session-id"),
        **dict.fromkeys(("explain", "explanations", "explanation"), "--enable-explanations"),
        **dict.fromkeys(("prefix", "prefix-id"), "--prefix-aware-id"),
        **dict.fromkeys(("output", "var", "variable", "result", "store", "to"), "--out"),
        **dict.fromkeys(("frame", "dataframe", "out-df"), "--out-frame"),
        **dict.fromkeys(("jmespath", "jq", "filter", "path", "select"), "--query"),
        **dict.fromkeys(("silent", "no-display", "s"), "--quiet"),
        **dict.fromkeys(("f", "from-file", "infile", "input-file", "upload"), "--file"),
        **dict.fromkeys(("form-field", "multipart", "form-data", "field", "form-string"), "--form"),
        **dict.fromkeys(("outfile", "output-file", "download"), "--save"),
        **dict.fromkeys(("display", "render", "as"), "--view"),
        **dict.fromkeys(("exclude", "without"), "--drop"),
        **dict.fromkeys(("cols", "features", "names"), "--columns"),
        **dict.fromkeys(("py", "eval"), "--python"),
        **dict.fromkeys(("template", "fill", "vars", "substitute"), "--expand"),
        **dict.fromkeys(("dry", "no-execute", "preview", "noop"), "--dry-run"),
        **dict.fromkeys(
            ("snippet", "export", "language", "lang", "as-code", "boto3", "curl", "policy"), "--code"
        ),
        **dict.fromkeys(("literal", "no-check", "no-validate", "as-is"), "--raw"),
        **dict.fromkeys(("max-time", "read-timeout", "cli-read-timeout", "wait-time"), "--timeout"),
        **dict.fromkeys(("max-attempts", "retry", "attempts", "max-retries"), "--retries"),
        **dict.fromkeys(("bg", "thread", "no-wait", "nowait", "detach"), "--background"),
        **dict.fromkeys(("asynchronous", "queue", "submit", "enqueue"), "--async"),
        **dict.fromkeys(("block", "wait-for", "poll", "sync"), "--wait"),
        **dict.fromkeys(("s3-input", "location", "input-s3", "s3"), "--input-location"),
        **dict.fromkeys(("ttl", "request-ttl"), "--request-ttl-seconds"),
        **dict.fromkeys(("invocation-timeout", "model-timeout"), "--invocation-timeout-seconds"),
        **dict.fromkeys(("upload-path", "staging"), "--upload-to"),
        **dict.fromkeys(("kms", "kms-key", "kms-key-id"), "--upload-kms-key"),
        **dict.fromkeys(("p", "aws-profile", "profile-name"), "--profile"),
        **dict.fromkeys(("r", "region-name", "aws-region"), "--region"),
        **dict.fromkeys(("url", "host"), "--endpoint-url"),
        **dict.fromkeys(("verbose", "debug", "stack", "tb"), "--traceback"),
        **dict.fromkeys(("usage", "man"), "--help"),
        **dict.fromkeys(("ca", "cert", "verify", "cacert"), "--ca-bundle"),
        **dict.fromkeys(("trust",), "--trust-project"),
    }
)
_HTTP_HEADER = re.compile(r"([A-Za-z][\w-]*)\s*:\s*(\S.*)", re.DOTALL)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_DASHES = "‐‑‒–—−"
_URL = re.compile(r"https?://runtime(?:-fips)?\.sagemaker\.([\w-]+)\.\S*?/endpoints/([\w-]+)", re.IGNORECASE)
_NAME_OR_ARN = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}|arn:aws[\w-]*:sagemaker:\S+")


def unknown_option(grammar: Grammar, token: Token, following: Token | None) -> UsageError:
    """The error for *token*, which is no option of *grammar*; *following* is the token behind it."""
    typed, equals, value = token.text.partition("=")
    said = f"%{grammar.magic} has no option `{typed}`."
    known = grammar.by_name
    word = _CAMEL.sub("-", typed.lstrip("-")).replace("_", "-").lower()
    if typed.startswith("-F"):
        word = "form-field"  # curl's: its -f is another option
    given = value if equals else following.text if following else ""
    if typed == "-H" and given:
        return http_header(given) or UsageError(said)
    if (
        grammar.magic == "sm_invoke"
        and (bare := _BARE.get(word))
        and not (bare is _ENDPOINT and f"--{word}" in known)
    ):
        shown = given or ("df" if bare is _INPUT else "my-endpoint")
        example = f"%sm_invoke {shown} df" if bare is _ENDPOINT else f"%sm_invoke ENDPOINT {shown}"
        return UsageError(said, hint=f"{bare}: `{example}`")
    glued = known.get(typed[:2])
    if glued is not None and not typed.startswith("--"):
        rest = (typed[2:] + equals + value).lstrip("=")
        written = f"`{glued.short} {rest}`" if glued.metavar else f"`{glued.short} -{rest}`"
        return UsageError(f"%{grammar.magic} has no option `{token.text}`.", hint=f"With a space: {written}")
    return UsageError(said, hint=_meant(grammar, word, typed))


def _meant(grammar: Grammar, word: str, typed: str) -> str:
    known = grammar.by_name
    for name in (f"--{word}", _MEANT.get(word, "")):
        if name in known:
            short = known[name].short
            return question(name) if short is None else f"Did you mean `{name}` (`{short}`)?"
    if "-t" in known and (word in mediatypes.BY_SHORT or word in mediatypes.BY_SHORT.values()):
        return question(f"-t {word}")
    for other in MAGICS.values():
        for name in (typed, f"--{word}", _MEANT.get(word, "")):
            if name in other.by_name:
                return f"`{name}` is an option of %{other.magic}."
    if not typed.startswith("--"):
        return f"An expression goes in parentheses: `({typed})`; %{grammar.magic} -h lists the options."
    found = near(word, (name[2:] for name in known if name.startswith("--")), cutoff=0.7)
    return question(f"--{found[0]}") if found else f"%{grammar.magic} -h lists the options."


def http_header(text: str) -> UsageError | None:
    """The error for an HTTP header on the line, if *text* is one."""
    match = _HTTP_HEADER.fullmatch(unquote(text))
    if match is None:
        return None
    name, value = match[1].lower(), match[2]
    option = "--custom-attributes"
    for member in INPUTS:
        if member.option and member.invoke and (member.invoke.header or "").lower() == name:
            option = member.option
    sent = (
        value
        if option != "--custom-attributes" or name.endswith("custom-attributes")
        else f"{match[1]}={value}"
    )
    return UsageError(
        f"SageMaker passes no HTTP headers of your own to the model: `{match[0]}`.",
        hint=f"`{option} {quote(sent)}`",
    )


def long_dash(token: Token) -> UsageError | None:
    """The error for an option whose dashes an editor made long, if *token* is one."""
    word = token.text.lstrip("-" + _DASHES)
    dashes = token.text[: len(token.text) - len(word)]
    if not word[:1].isalpha() or not any(dash in _DASHES for dash in dashes):
        return None
    written = ("-" if len(word) == 1 else "--") + word
    return UsageError(
        f"`{token.text}` begins with a typographic dash.", hint=f"`{written}`, with plain ones."
    )


def too_many(grammar: Grammar, words: list[Token], line: str) -> UsageError:
    """The error for more words than the magic takes, with the user's own text in its hint."""
    if grammar.magic != "sm_invoke":
        extra = words[-1].text
        return UsageError(
            f"%{grammar.magic} can't take `{extra}` here.", hint=f"`%{grammar.magic} -h` tells all."
        )
    if match := re.search(r"(?<!\S)--wait\s+(\d+(?:\.\d+)?)(?!\S)", line):
        return UsageError("`--wait` takes a number only behind `=`.", hint=f"`--wait={match[1]}`")
    inputs = words[1:]
    together = line[inputs[0].start : inputs[-1].end]
    plain = " ".join(token.text for token in inputs)
    text = plain if " -" in together else together
    straight = text.translate({ord(c): '"' for c in "“”„«»"} | {ord(c): "'" for c in "‘’‚"})
    said = f"INPUT is one token, and these are {len(inputs)}: `{text}`."
    if text.isprintable() and _PATH.fullmatch(text) and _suffix(text) in _FILE_SUFFIXES:
        return UsageError(said, hint=f"A file goes by its name: `--file {quote(text)}`")
    if straight != text and _is_expression(straight):
        return UsageError(said, hint=f"With straight quotes: `{straight}`")
    if _is_expression(text):
        return UsageError(said, hint=f"Put it in parentheses: `({text})`")
    return UsageError(
        said, hint=f"A text goes in quotes: `{quote(text)}`; an expression in parentheses: `(df.x > 3)`"
    )


def check_endpoint(token: Token, names: Mapping[str, object], known: tuple[str, ...]) -> None:
    """Refuse, as ENDPOINT, a variable written without ``${}`` and an address from the console."""
    word = token.text
    if match := _URL.match(word):
        raise UsageError(f"`{word}` is an address.", hint=f"By name: `{match[2]} --region {match[1]}`")
    bare = word.removeprefix("$").removeprefix("{").removesuffix("}")
    if bare != word and bare.isidentifier() and not word.startswith("${"):
        raise UsageError(f"`{word}` is not expanded here.", hint=f"`${{{bare}}}` is: a dollar and braces.")
    value = names.get(word)
    if isinstance(value, str) and value != word and word not in known and _NAME_OR_ARN.fullmatch(value):
        raise UsageError(
            f"`{word}` is a variable that holds {value!r}.",
            hint=f'`${{{word}}}` calls that endpoint; `"{word}"`, in quotes, an endpoint of this name.',
        )
    root = re.match(r"[^\W\d]\w*", word)
    if root and root[0] in names and not _NAME_OR_ARN.fullmatch(word) and _is_expression(word):
        raise UsageError(
            f"`{word}` is an expression, and the first word is the endpoint's name.",
            hint=f"`%sm_invoke ENDPOINT {word}`",
        )


_FILE_SUFFIXES = frozenset(mediatypes.BY_SUFFIX) | {
    ".parquet", ".npz", ".xml", ".html", ".pdf", ".wav", ".mp3", ".flac", ".ogg", ".mp4", ".zip", ".gz", ".tsv",
    ".xlsx", ".yaml", ".yml", ".pkl", ".libsvm", ".svm",
}  # fmt: skip
_PATH = re.compile(r"(?:file://|fileb://|@)?(?:[~.]{0,2}[/\\]|[A-Za-z]:[/\\])?[\w .\\/~-]*", re.UNICODE)
_ROOTED = re.compile(r"(?:file://|fileb://|@|~?[/\\]|\.{1,2}[/\\]|[A-Za-z]:[/\\])\S")


def check_input(token: Token, names: Mapping[str, object]) -> None:
    """Refuse, as INPUT, what is a file's name or an object's address, and variables in IPython's way."""
    word = token.text
    if match := re.match(r"(s3|https?)://", word):
        raise UsageError(
            f"`{word}` is an address, and INPUT is a Python expression.",
            hint=f"Download it, then `--file {quote(re.split('[/?]', word.rstrip('/'))[-1] or 'PATH')}`"
            if match[1] == "s3" or "." in word.rsplit("/", 1)[-1]
            else "Fetch it, then give INPUT the variable.",
        )
    if word.startswith("$") or (word.startswith("{") and word[1:-1].strip() in names):
        bare = word.lstrip("$").removeprefix("{").removesuffix("}").strip()
        raise UsageError(f"INPUT is a Python expression already: `{word}`.", hint=f"`{bare}`, without more.")
    if "$" in word and not _is_expression(word):
        plain = re.sub(r"\$\{\s*([^{}]*?)\s*\}|\$(?=[A-Za-z_])", lambda m: m[1] or "", word)
        if _is_expression(plain):
            raise UsageError(
                f"INPUT is a Python expression already: `{word}`.", hint=f"`{plain}`, without more."
            )
    if _is_file(word, names):
        path = re.sub(r"^(?:file://|fileb://|@)", "", word)
        raise UsageError(
            f"`{word}` is a file, and INPUT is a Python expression.",
            hint=f"`--file {quote(path)}` sends the file.",
        )
    inner = unquote(word)
    if inner != word and _PATH.fullmatch(inner) and _suffix(inner) in _FILE_SUFFIXES:
        raise UsageError(
            f"`{word}` is a text, the name of a file.",
            hint=f"`--file {quote(inner)}` sends the file; `({word})` this text.",
        )


def _is_file(word: str, names: Mapping[str, object]) -> bool:
    if not _PATH.fullmatch(word):
        return False
    root = re.split(r"\W", word, maxsplit=1)[0]
    return bool(_ROOTED.match(word)) or (_suffix(word) in _FILE_SUFFIXES and root not in names)


def _suffix(path: str) -> str:
    return "." + path.rpartition(".")[2].lower() if "." in path else ""


def _is_expression(text: str) -> bool:
    try:
        compile(text, "<input>", "eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
