# Loads sm_magic in every kernel of an environment.  SM_MAGIC_AUTOLOAD=0 turns it off.
# It never raises (a startup file that raises stops all later ones) and leaves no name behind.


def _sm_magic_autoload() -> None:
    import os

    if os.environ.get("SM_MAGIC_AUTOLOAD", "1").strip().lower() in ("0", "false", "no", "off"):
        return
    try:
        from IPython import get_ipython

        shell = get_ipython()
        if shell is not None:
            shell.extension_manager.load_extension("sm_magic")
    except Exception:  # noqa: BLE001 - a startup file that raises stops all later ones
        return


_sm_magic_autoload()
del _sm_magic_autoload
