// Package pull gives stored rows to whoever asks for them: minutes, segments, meetings, calls, incidents and samples as CSV,
// JSON lines or Parquet.
//
// A [Question] says what, of when and of whom. It is answered in parts, each a few thousand rows in one pass over the stores. A
// part ends at a boundary that later rows cannot move: of minutes and samples a moment before which all are in the part, of
// the others a row in the registry's order. [Part.Next] names it, so whoever lost the connection asks for the part after the
// last one that arrived whole: no row comes twice and none is left out. What is stored meanwhile behind the boundary is not
// sent again.
//
// Rows carry ids and what is not personal. Names, e-mail addresses, numbers and topics are joined from the registry only where
// [Question.Names] asks. Cells of CSV cannot become formulas, see [CellText].
//
// Memory is bounded by the rows of a part, and those by [MostRows] and, where a single minute has more, by the people of that
// minute. An [Exporter] may be used concurrently. Errors of the stores are returned with what was read; a question or a
// position that makes no sense is a [*QuestionError], which says what is wanted.
//
// Tests: pull_test.go asks a store in memory and a registry in a temporary folder, in parts and at once; the Parquet files
// are read by DuckDB and by parquet-go.
package pull
