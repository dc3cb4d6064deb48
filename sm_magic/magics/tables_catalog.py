"""The options of what asks the control plane: %sm_endpoints' and %sm_logs'; ``--logs`` below an error."""

from __future__ import annotations

from .grammar import Option

_KEEPING: tuple[Option, ...] = (
    Option(
        name="--out",
        short="-o",
        dest="out",
        metavar="NAME",
        kind="name",
        group="Answer",
        help="keep what was told in this variable; it is still shown",
    ),
    Option(name="--quiet", short="-q", dest="quiet", group="Answer", help="show nothing"),
)

BELOW = Option(
    name="--logs",
    dest="logs",
    group="Answer",
    help="below an error, the last lines that the container wrote (CloudWatch Logs); in the background there are none",
)

INSPECT: tuple[Option, ...] = (
    Option(
        name="--wait",
        dest="wait",
        metavar="SECONDS",
        kind="seconds",
        optional_value=True,
        help="follow the deployment of one endpoint until it is over, or for so many seconds",
    ),
    *_KEEPING,
)

READ: tuple[Option, ...] = (
    Option(name="--variant", dest="variant", metavar="NAME", help="of this variant's containers alone"),
    Option(
        name="--inference-component-name",
        dest="inference_component_name",
        metavar="NAME",
        help="of this inference component, which has a log of its own",
    ),
    Option(
        name="--minutes",
        dest="minutes",
        metavar="N",
        kind="count",
        help="how far to look back; an hour if nothing is said",
    ),
    Option(
        name="--grep",
        dest="grep",
        metavar="TEXT",
        help="only lines that hold this text; upper and lower case count",
    ),
    *_KEEPING,
)
