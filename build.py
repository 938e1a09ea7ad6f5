"""`python build.py [verb]` is the same program as `broadsheet [verb]`; no verb means build."""

import sys

try:
    from broadsheet.cli import main
except ModuleNotFoundError as error:
    sys.exit(f"build.py: {error.name} is not installed here: run `make site` once, then .venv/bin/python build.py")

if __name__ == "__main__":
    arguments = sys.argv[1:]
    first = arguments[0] if arguments else "-"
    is_for_build = first.startswith("-") and first not in ("-h", "--help", "--version")
    sys.exit(main(["build", *arguments] if is_for_build else arguments))
