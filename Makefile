.PHONY: check test fast lint format coverage docs bench pictures serve demo

check:      ## everything CI runs
	bash .ci/run
test:       ## the whole suite
	uv run pytest
fast:       ## the pure part of it, in seconds
	uv run pytest -m "not server and not browser and not java"
lint:       ## style, types, layers
	uv run ruff check . && uv run ruff format --check . && uv run mypy && uv run lint-imports
format:
	uv run ruff check --fix . && uv run ruff format .
coverage:   ## with branches
	uv run pytest --cov --cov-report=term --cov-report=html
docs:       ## rewrite the generated tables of docs/reference.md and README.md
	uv run python docs/reference.py
bench:
	uv run python benchmarks/run.py
pictures:   ## README's pictures, from a real JupyterLab
	SM_MAGIC_PICTURES=docs/images uv run --extra demo pytest tests/browser/test_quickstart.py tests/browser/test_panel.py -k well
serve:
	uv run sm-magic serve
demo:
	uv run --extra demo sm-magic demo
