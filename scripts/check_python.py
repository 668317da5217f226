"""Says plainly what is missing before anything is installed. Also runs on the Pythons that are too old."""

import sys

NEEDED = (3, 11)


def problem(version, has_venv):
    """Give the sentence to print, or None. `version` as sys.version_info, `has_venv` whether environments can be made."""
    if tuple(version[:2]) < NEEDED:
        return (
            "Copper Tickets needs Python %d.%d or newer; %s is Python %d.%d. Install a newer one, or name it: "
            "make %s PYTHON=python3.12" % (NEEDED + (sys.executable or "python3",) + tuple(version[:2]) + (goal(),))
        )
    if not has_venv:
        return (
            "Copper Tickets needs Python's venv and ensurepip modules to set itself up. On Debian and Ubuntu: "
            "apt install python3-venv"
        )
    return None


def goal():
    """The make target that was asked for."""
    return sys.argv[1] if len(sys.argv) > 1 else "run"


def main():
    """Exit with 1 and a sentence where something is missing."""
    try:
        import ensurepip  # noqa: F401 - only whether it is there
        import venv  # noqa: F401 - only whether it is there

        has_venv = True
    except ImportError:
        has_venv = False
    found = problem(sys.version_info, has_venv)
    if found:
        sys.stderr.write(found + "\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
