package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
)

// byteOrderMark tells spreadsheets that a CSV file is UTF-8.
const byteOrderMark = "\ufeff"

func writeCSV(w io.Writer, _ appraisal.ResultsHead, rows iter.Seq2[appraisal.ResultsRow, error], lang locale.Lang) error {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if lang == locale.Indonesian { // whose decimal comma takes the usual separator
		out.Comma = ';'
	}
	record := make([]string, len(resultsColumns))
	for i, c := range resultsColumns {
		record[i] = lang.Text(c.key, nil)
	}
	if err := out.Write(record); err != nil {
		return err
	}
	for row, err := range rows {
		if err != nil {
			return err
		}
		for i, c := range resultsColumns {
			record[i] = csvCell(c.value(row, lang), lang)
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// mostExactDigits is how many digits of a number a spreadsheet keeps; a NIP has more.
const mostExactDigits = 15

// csvCell writes a value so that a spreadsheet reads it as what it is: long numbers, which it would round, as text. The roster's
// import reads them back.
func csvCell(v any, lang locale.Lang) string {
	if d, ok := v.(decimal); ok {
		return lang.Number(string(d))
	}
	s, ok := v.(string)
	if !ok {
		return fmt.Sprint(v)
	}
	if s = harmless(s); len(s) > mostExactDigits && strings.Trim(s, "0123456789") == "" {
		return "'" + s
	}
	return s
}
