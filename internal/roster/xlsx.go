package roster

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

const (
	maxUnpackedBytes  = 256 << 20
	maxPartBytes      = 16 << 20 // of a part that holds no cells: styles, themes, relations
	maxSharedStrings  = 2_000_000
	maxRows           = 200_000
	mostWideRows      = 100 // each is named; a whole sheet of the widest rows would take minutes to read
	sharedStringsPart = "xl/sharedstrings.xml"
)

// notWorkbook is a reason, as a key, why a ZIP archive is not read as a workbook.
type notWorkbook struct {
	key  string
	args args
}

func (n notWorkbook) Error() string { return n.key }

// workbookRecords gives the rows of the first sheet, from the first one that is not empty. Values come as the file stores them, so
// that a date is a serial number whatever its format looks like.
func workbookRecords(data []byte, yield func(record) bool) (date1904 bool, err error) {
	defer func() {
		// The parser has panicked on crafted workbooks before; such a file is refused like any other that cannot be read.
		if caught := recover(); caught != nil {
			err = fmt.Errorf("read workbook: %v", caught)
		}
	}()
	if err := boundWorkbook(data); err != nil {
		return false, err
	}
	// Equal limits keep the parser from unpacking people's data into temporary files.
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: maxUnpackedBytes, UnzipXMLSizeLimit: maxUnpackedBytes,
	})
	if err != nil {
		return false, err
	}
	defer f.Close()
	if props, err := f.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		date1904 = *props.Date1904
	}
	sheets := f.GetSheetList()
	if len(sheets) == 0 {
		return false, errors.New("workbook without a sheet")
	}
	rows, err := f.Rows(sheets[0])
	if err != nil {
		return false, err
	}
	defer rows.Close()
	number, wide := 0, 0
	for seen := 0; rows.Next(); seen++ {
		if seen > maxRows {
			return false, notWorkbook{"import.file_too_many_rows", args{"limit": strconv.Itoa(maxRows)}}
		}
		cells, err := rows.Columns()
		if err != nil {
			return false, err
		}
		if number == 0 && blank(cells) {
			continue
		}
		if len(cells) > maxColumns {
			if wide++; wide > mostWideRows {
				return false, notWorkbook{"import.file_too_many_columns", args{"limit": strconv.Itoa(maxColumns)}}
			}
			// The last cell is never blank: where the row is cut it stands for all that is left out, so that the row is named.
			cells = append(cells[:maxColumns:maxColumns], cells[len(cells)-1])
		}
		number++
		for i, c := range cells {
			cells[i] = shortestDecimal(c)
		}
		if !yield(record{number: number, cells: cells, brokenAt: -1}) {
			break
		}
	}
	return date1904, rows.Error()
}

// boundWorkbook refuses an archive that is no workbook or that would unpack to more than the machine should hold.
func boundWorkbook(data []byte) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return err
	}
	var total uint64
	workbook := false
	for _, part := range z.File {
		name := strings.ToLower(strings.ReplaceAll(part.Name, `\`, "/"))
		total += part.UncompressedSize64
		cells := name == sharedStringsPart || strings.HasPrefix(name, "xl/worksheets/")
		if total > maxUnpackedBytes || part.UncompressedSize64 > maxUnpackedBytes || !cells && part.UncompressedSize64 > maxPartBytes {
			return notWorkbook{"import.file_unpacks_too_large", args{"limit": strconv.Itoa(maxUnpackedBytes >> 20)}}
		}
		workbook = workbook || name == "xl/workbook.xml"
		if name == sharedStringsPart {
			if err := boundSharedStrings(part); err != nil {
				return err
			}
		}
	}
	if !workbook {
		return notWorkbook{key: "import.file_other_archive"}
	}
	return nil
}

// boundSharedStrings counts the strings before the parser makes a structure of each.
func boundSharedStrings(part *zip.File) error {
	r, err := part.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	buf := make([]byte, 64<<10)
	count, kept := 0, 0
	for {
		n, err := r.Read(buf[kept:])
		n += kept
		count += bytes.Count(buf[:n], []byte("<si"))
		if count > maxSharedStrings {
			return notWorkbook{"import.file_unpacks_too_large", args{"limit": strconv.Itoa(maxUnpackedBytes >> 20)}}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		// The last two bytes may begin a tag that goes on in the next piece, and are too few to be counted twice.
		kept = copy(buf, buf[max(0, n-2):n])
	}
}

// shortestDecimal writes a fraction as people typed it: a workbook stores 2.59 as 2.5899999999999999. Anything shorter may be a
// code such as 1.10 and stays as it is.
func shortestDecimal(s string) string {
	if len(s) < 17 || len(s) > 32 || !strings.Contains(s, ".") {
		return s
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f >= 1e15 || f <= -1e15 {
		return s
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}
