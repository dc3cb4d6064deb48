"""Rows for what happened on the way: the code is the class of botocore's exception."""

from __future__ import annotations

from .row import Case, Hint

_LARGE = 1_000_000  # bytes; the smallest limit that anybody enforces by cutting the connection is near 5 MB
_CUT = (
    "ConnectionClosedError|ResponseStreamingError|IncompleteReadError|ProtocolError|ConnectionResetError"
    "|BrokenPipeError|ConnectionAbortedError|ConnectionError|HTTPClientError|SSLError"
)
_RESOLVE = r"resolve|name or service not known|getaddrinfo|nodename|no address|temporary failure"


def _large(case: Case) -> bool:
    return case.size >= _LARGE


CREDENTIALS: tuple[Hint, ...] = (
    Hint(
        name="no-credentials",
        code="NoCredentialsError|PartialCredentialsError",
        say="%sm_connect --profile NAME uses a profile's, {login} or aws configure makes some; "
        "%sm_connect local needs none.",
    ),
    Hint(
        name="sso",
        code="SSO.*|UnauthorizedSSOTokenError|TokenRetrievalError|NoAuthTokenError|UnknownTokenProviderError",
        say="Log in again: {login}, then run the cell again.",
    ),
    Hint(
        name="login",
        code="Login.*",
        say="Log in again: aws login, then run the cell again.",
    ),
    Hint(
        name="no-profile",
        code="ProfileNotFound",
        say="%sm_connect --profile NAME takes a profile of ~/.aws/config; aws configure list-profiles lists them.",
    ),
    Hint(
        name="credentials-not-retrieved",
        code="CredentialRetrievalError|MetadataRetrievalError|RefreshWithMFAUnsupportedError|.*IMDS.*",
        say="Log in again ({login}), or %sm_connect --profile NAME uses other credentials.",
    ),
    Hint(
        name="no-region",
        code="NoRegionError",
        say="%sm_connect --region us-east-1, or your endpoint's region; AWS_REGION and the profile may say it too.",
    ),
    Hint(
        name="bad-region",
        code="InvalidRegionError|UnknownRegionError",
        say="A region reads like us-east-1: %sm_connect --region us-east-1",
    ),
    Hint(
        name="bad-config",
        code="ConfigParseError|InvalidConfigError|ConfigNotFound",
        say="Mend ~/.aws/config, or %sm_connect local needs none.",
    ),
)

NEVER_SENT: tuple[Hint, ...] = (
    Hint(
        name="local-gone",
        code="EndpointConnectionError|ConnectTimeoutError",
        when=lambda case: case.local,
        say="Nothing listens there any more: %sm_connect local starts one.",
    ),
    Hint(
        name="no-such-host",
        code="EndpointConnectionError|ConnectTimeoutError",
        words=_RESOLVE,
        say="Is {region} a region, and is this machine on the network? %sm_connect --region us-east-1",
    ),
    Hint(
        name="proxy",
        code="ProxyConnectionError",
        say="Check HTTPS_PROXY; NO_PROXY=.amazonaws.com goes past it.",
    ),
    Hint(
        name="no-connection",
        code="EndpointConnectionError|ConnectTimeoutError",
        say="Check the network: in a VPC without internet SageMaker Runtime needs an interface endpoint, "
        "and its security group must let you in.",
    ),
    Hint(
        name="no-bundle",
        code="SSLError",
        words=r"no such file|could not find a suitable tls ca",
        say="The file of CA certificates is not there: %sm_connect --ca-bundle PATH.pem, or mend AWS_CA_BUNDLE.",
    ),
    Hint(
        name="private-ca",
        code="SSLError",
        words=r"CERTIFICATE_VERIFY_FAILED|certificate verify failed|self.signed|unable to get local issuer",
        say="Trust its CA: %sm_connect --ca-bundle PATH.pem, or set AWS_CA_BUNDLE.",
    ),
    Hint(
        name="wrong-host",
        code="SSLError",
        words=r"hostname|doesn't match|not valid for",
        say="The certificate is another host's: check --endpoint-url and any proxy.",
    ),
    Hint(
        name="no-tls",
        code="SSLError",
        words=r"WRONG_VERSION_NUMBER|HTTP_REQUEST|record layer",
        say="What answers there speaks no TLS: on 127.0.0.1 it is --endpoint-url http://…",
    ),
)

SENT: tuple[Hint, ...] = (
    Hint(
        name="read-timeout-early",
        code="ReadTimeoutError|ReadTimeout|TimeoutError",
        when=lambda case: case.timeout < 60,
        say="It may still be computing: --timeout 70 waits for as long as a container has.",
    ),
    Hint(
        name="read-timeout",
        code="ReadTimeoutError|ReadTimeout|TimeoutError",
        say="It may still be computing. Containers have 60 s: send fewer rows (.head()), or --timeout {longer}",
    ),
    Hint(
        name="cut-large",
        code=_CUT,
        when=_large,
        say='The other side hung up while {size} were being sent: that is how some say "too large". '
        "Send fewer rows (.head()) or a denser type (-t npy).",
    ),
    Hint(
        name="bad-header",
        code="HTTPClientError|InvalidHeader",
        words=r"invalid header",
        say="A line break or another control character stands in an option's value; --dry-run shows the headers.",
    ),
    Hint(
        name="cut",
        code=_CUT,
        say="The connection was cut; the model may have run. --retries 1 sends it again.",
    ),
)

ROWS = (*CREDENTIALS, *NEVER_SENT, *SENT)
