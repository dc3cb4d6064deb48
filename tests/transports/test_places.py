"""Profiles and regions, as botocore knows them."""

from sm_magic.transports.places import profiles, regions


def test_profiles_are_those_of_both_files(tmp_path, monkeypatch):
    """The config's and the credentials'."""
    (tmp_path / "config").write_text("[default]\n[profile prod]\nregion = eu-west-1\n")
    (tmp_path / "credentials").write_text("[old]\naws_access_key_id = x\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))

    assert {"prod", "old"} <= set(profiles())


def test_regions_of_all_partitions_the_public_ones_first():
    """Each once."""
    found = regions()

    assert {"us-east-1", "eu-west-1", "cn-north-1", "us-gov-west-1"} <= set(found)
    assert found.index("us-east-1") < found.index("cn-north-1")
    assert len(found) == len(set(found))
