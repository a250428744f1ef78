// Package duckdb keeps facts in one DuckDB file.
package duckdb
