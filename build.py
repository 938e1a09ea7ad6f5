"""`python build.py [verb]` is the same program as `broadsheet [verb]`; no verb means build."""

import sys

try:
    from broadsheet.cli import main
except ModuleNotFoundError as error:
    sys.exit(f"build.py: {error.name} is not installed here: run `make site` once, then .venv/bin/python build.py")

if __name__ == "__main__":
    arguments = sys.argv[1:]
    has_verb = bool(arguments) and not (arguments[0].startswith("-") and arguments[0] not in ("--help", "--version"))
    sys.exit(main(arguments if has_verb else ["build", *arguments]))
