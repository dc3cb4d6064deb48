"""Settings from files: which file counts, what a project may say, and what is said of a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from sm_magic import configuration
from sm_magic.errors import UsageError
from sm_magic.settings import Settings


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder deep in a project, and a user who has written nothing yet."""
    monkeypatch.setenv("SM_MAGIC_CONFIG_DIR", str(tmp_path / "user"))
    deep = tmp_path / "project" / "notebooks" / "deep"
    deep.mkdir(parents=True)
    return deep


def project(folder: Path, text: str) -> Path:
    """A project's file."""
    path = folder.parent.parent / "pyproject.toml"
    path.write_text(text)
    return path


def user(text: str) -> Path:
    """The user's file."""
    path = configuration.user_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_without_files_the_defaults_hold(folder):
    """Nothing is written, nothing changes."""
    assert Settings() == configuration.load(folder)


def test_the_nearest_project_counts(folder):
    """[tool.sm_magic] is found by walking up; both spellings of a key are one."""
    path = project(folder, "[tool.sm_magic]\nmax-rows = 5\nready_timeout = 10\n")

    read = configuration.read(folder, trust_project=True)

    assert (read.settings.max_rows, read.settings.ready_timeout) == (5, 10.0)
    assert isinstance(read.settings.ready_timeout, float)
    assert {"max_rows", "ready_timeout", "targets"} == read.given
    assert path == read.project == configuration.project_file(folder)


def test_a_project_without_our_table_does_not_hide_one_above(folder):
    """A nearer pyproject.toml that never mentions sm_magic, valid or not, is passed over."""
    project(folder, "[tool.sm_magic]\nmax_rows = 5\n")
    (folder / "pyproject.toml").write_text("this is not [ TOML")

    assert configuration.load(folder).max_rows == 5


def test_a_changed_file_counts_at_once(folder):
    """Files are read again when they change."""
    path = project(folder, "[tool.sm_magic]\nmax_rows = 5\n")
    assert configuration.load(folder).max_rows == 5

    path.write_text("[tool.sm_magic]\nmax_rows = 777\n")

    assert configuration.load(folder).max_rows == 777


def test_a_project_must_not_redirect_data(folder):
    """URLs, profiles and certificates of a project are ignored, and said to be, until it is trusted."""
    project(
        folder,
        "[tool.sm_magic]\nendpoint_url = 'https://evil.example'\nprofile = 'x'\nregion = 'eu-west-1'\n"
        "role_arn = 'arn:aws:iam::123456789012:role/theirs'\n",
    )

    read = configuration.read(folder)
    trusted = configuration.read(folder, trust_project=True)

    assert (read.settings.endpoint_url, read.settings.profile, read.settings.role_arn) == (None, None, None)
    assert read.ignored == ("endpoint_url", "profile", "region", "role_arn")
    assert trusted.settings.endpoint_url == "https://evil.example"
    assert trusted.ignored == ()


def test_an_untrusted_project_says_how_answers_look_and_no_more(folder):
    """What it can't harm by: another setting could send twice, wait for ever or fill the memory."""
    harmless = ["max_rows", "max_columns", "max_text", "max_image_bytes", "max_image_pixels"]
    risky = [
        "retries",
        "timeout",
        "connect_timeout",
        "ready_timeout",
        "max_bytes",
        "max_requests",
        "max_decoded_bytes",
        "json_check_bytes",
        "inline_bytes",
        "max_async_bytes",
        "first_events",
        "last_events",
    ]
    lines = [f"{name} = 7" for name in (*harmless, *risky, "warn_bytes", "history_size", "history_bytes")]
    project(
        folder, "\n".join(["[tool.sm_magic]", *lines, "html = false", "traceback = true", "journal = true"])
    )

    read = configuration.read(folder)

    assert {*harmless, "html", "targets"} == read.given
    assert set(risky) < set(read.ignored)
    assert set(read.ignored) | read.given == set(Settings.__dataclass_fields__) - {
        *(
            "region",
            "profile",
            "role_arn",
            "endpoint_url",
            "sagemaker_endpoint_url",
            "s3_endpoint_url",
            "ca_bundle",
        )
    }
    assert configuration.load(folder, trust_project=True).retries == 7


def test_a_target_counts_whole_or_not_at_all(folder):
    """A project's target with a profile would call a namesake without it: it waits for trust, the others don't."""
    project(
        folder,
        "[tool.sm_magic.targets.plain]\nendpoint = 'a'\ncontent-type = 'csv'\n"
        "[tool.sm_magic.targets.led]\nendpoint = 'b'\nprofile = 'prod'\n",
    )

    read = configuration.read(folder)

    assert read.settings.targets == {"plain": {"endpoint": "a", "content_type": "csv"}}
    assert read.withheld == {"led": ("profile",)}
    assert {"plain", "led"} == set(configuration.load(folder, trust_project=True).targets)


def test_the_users_target_wins_over_the_projects(folder):
    """Whoever clones a repository keeps what their own names mean, profile and all."""
    project(folder, "[tool.sm_magic.targets.churn]\nendpoint = 'theirs'\nprofile = 'x'\n")
    path = user("[targets.churn]\nendpoint = 'mine'\nprofile = 'prod'\n")

    read = configuration.read(folder)

    assert read.settings.targets["churn"] == {"endpoint": "mine", "profile": "prod"}
    assert {"churn": path} == read.origins
    assert read.withheld == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("max_rows = 'five'", "max_rows must be a whole number, not 'five'"),
        ("max_rows = -1", "max_rows must be a whole number, not -1"),
        ("max_rows = true", "max_rows must be a whole number, not True"),
        ("timeout = '9'", "timeout must be a number, not '9'"),
        ("ready_timeout = nan", "ready_timeout must be a number, not nan"),
        ("timeout = inf", "timeout must be a number, not inf"),
        (f"timeout = 1{'0' * 400}", "timeout must be a number, not 1000"),
        ("max_rows = nan", "max_rows must be a whole number, not nan"),
        ("html = 1", "html must be true or false, not 1"),
        ("region = 1", "region must be a text in quotes, not 1"),
        ("max_row = 1", "[tool.sm_magic] has no setting `max_row`.\n→ Did you mean `max_rows`?"),
        ("zzz = 1", "no setting `zzz`.\n→ %config SageMakerMagics lists the settings."),
        ("targets = 3", "targets must be tables"),
        ("targets.x.y = 3", "the target `x` has no endpoint"),
        ("max_rows = ", "is not valid TOML: Invalid value (at line 2, column 12)"),
    ],
)
def test_a_mistake_is_told_with_its_place(folder, text, message):
    """A file that can't be read as settings is an error that names file, key and what belongs there."""
    project(folder, f"[tool.sm_magic]\n{text}\n")

    with pytest.raises(UsageError) as caught:
        configuration.load(folder)

    assert "pyproject.toml" in str(caught.value)
    assert message in str(caught.value)


def test_the_users_file_holds_targets_only(folder):
    """A setting there would have no place in the order of settings."""
    user("max_rows = 3\n")

    with pytest.raises(UsageError, match=r"config.toml holds targets only, not `max_rows`"):
        configuration.load(folder)


def test_a_table_of_another_shape_is_an_error(folder):
    """`tool.sm_magic = 1` is no table."""
    project(folder, "[tool]\nsm_magic = 1\n")

    with pytest.raises(UsageError, match="expected a table, not 1"):
        configuration.load(folder)


def test_a_file_that_is_no_text_is_an_error(folder):
    """Bytes that are not UTF-8 are told, not guessed."""
    configuration.user_file().parent.mkdir(parents=True)
    configuration.user_file().write_bytes(b"\xff\xfe")

    with pytest.raises(UsageError, match=r"config.toml can't be read"):
        configuration.load(folder)


@pytest.mark.parametrize(
    ("variables", "path"),
    [
        ({"SM_MAGIC_CONFIG_DIR": "/a"}, "/a/config.toml"),
        ({"XDG_CONFIG_HOME": "/b"}, "/b/sm_magic/config.toml"),
        ({"XDG_CONFIG_HOME": ""}, "~/.config/sm_magic/config.toml"),
        ({}, "~/.config/sm_magic/config.toml"),
    ],
)
def test_where_the_users_file_is(monkeypatch, variables, path):
    """SM_MAGIC_CONFIG_DIR, else the XDG folder, else ~/.config."""
    for name in ("SM_MAGIC_CONFIG_DIR", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert Path(path).expanduser() == configuration.user_file()


def test_no_project_at_all(folder):
    """Outside of any project there is no project file."""
    root = Path(folder.anchor)

    assert configuration.project_file(root) is None
    assert configuration.read(root).project is None
