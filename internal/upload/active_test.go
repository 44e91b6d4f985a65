package upload_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/report"
	"github.com/marelan/telaah/internal/upload"
)

// pdfWith is a PDF with some objects more.
func pdfWith(objects string) []byte {
	return []byte(strings.Replace(pdf, "trailer", objects+"\ntrailer", 1))
}

func deflated(t testing.TB, s string) string {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func objectStream(more, data string) []byte {
	return pdfWith("2 0 obj<</Type /ObjStm /N 1 /First 4 " + more + ">>stream\r\n" + data + "\nendstream endobj")
}

// related is a document with relationships of its main part.
func related(t testing.TB, relationships string) []byte {
	return openXML(t, "word/document.xml", word, part{name: "word/_rels/document.xml.rels",
		content: `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + relationships + `</Relationships>`})
}

const relationship = `http://schemas.openxmlformats.org/officeDocument/2006/relationships/`

// riff is a WebP file of one chunk.
func riff(chunk, data string) []byte {
	b := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(12+len(data)))
	b = append(b, "WEBP"+chunk...)
	return append(binary.LittleEndian.AppendUint32(b, uint32(len(data))), data...)
}

func TestWhatDoesMoreThanBeLookedAtIsRefused(t *testing.T) {
	script := "1 0 <</S /JavaScript /JS (app.alert\\(1\\))>>"
	for name, c := range map[string]struct {
		content []byte
		want    string // empty: it is taken
	}{
		"a script":                                 {pdfWith("2 0 obj<</S /JavaScript>>endobj"), "active"},
		"a script of something else":               {pdfWith("2 0 obj<</S /Rendition /JS(x)>>endobj"), "active"},
		"a script that spells its name":            {pdfWith("2 0 obj<</S /J#61va#53cript>>endobj"), "active"},
		"a program":                                {pdfWith("2 0 obj<</S/Launch/F(a.exe)>>endobj"), "active"},
		"files in a PDF":                           {pdfWith("2 0 obj<</EmbeddedFiles<</Names[(a)<</Type/Filespec/EF<</F 3 0 R>>>>]>>>>endobj"), "active"},
		"a file in a PDF":                          {pdfWith("2 0 obj<</Type/EmbeddedFile>>stream\nMZ\nendstream endobj"), "active"},
		"an empty list of files":                   {pdfWith("2 0 obj<</EmbeddedFiles<</Names[ ]>>>>endobj"), ""},
		"a player":                                 {pdfWith("2 0 obj<</Subtype/RichMedia>>endobj"), "active"},
		"a script in an object stream":             {objectStream("/Filter /FlateDecode", deflated(t, script)), "active"},
		"a script in an open object stream":        {objectStream("", script), "active"},
		"a script behind a word":                   {pdfWith("(stream) 2 0 obj<</Type/ObjStm /Filter/FlateDecode>>stream\n" + deflated(t, script) + "\nendstream"), "active"},
		"a script in the second of two":            {objectStream("/Filter/FlateDecode", deflated(t, "1 0 <<>>")+" 3 0 obj<</Type/ObjStm/Filter/FlateDecode>>stream\n"+deflated(t, script)), "active"},
		"an object stream with two filters":        {objectStream("/Filter [/ASCIIHexDecode /FlateDecode]", "78"), "broken"},
		"an object stream that is none":            {objectStream("/Filter /FlateDecode", "xxxx"), "broken"},
		"an object stream without end":             {objectStream("/Filter /FlateDecode", deflated(t, strings.Repeat(" ", 201<<20))), "bomb"},
		"an object stream that shows":              {objectStream("/Filter /FlateDecode", deflated(t, "1 0 <</Type /Page /JSX 1>>")), ""},
		"a picture that looks like a script":       {pdfWith("2 0 obj<</Subtype/Image>>stream\n\x01/JS \x02\nendstream endobj"), ""},
		"a link in a PDF":                          {pdfWith("2 0 obj<</S/URI/URI(https://pemda.test/JS)>>endobj"), "active"}, // rather one too many: it prints
		"a template from elsewhere":                {related(t, `<Relationship Id="a" Type="`+relationship+`attachedTemplate" Target="https://jauh.test/a.dotm" TargetMode="External"/>`), "active"},
		"a template that spells it":                {related(t, `<Relationship Id="a" Type="`+relationship+`attachedTemplate" Target="//jauh.test/a" TargetMode="&#69;xternal"/>`), "active"},
		"a picture from elsewhere":                 {related(t, `<Relationship Id="a" Type="`+relationship+`image" Target="https://jauh.test/a.png" TargetMode="External"/>`), "active"},
		"relationships that cannot be read":        {related(t, `<Relationship`), "broken"},
		"a link":                                   {related(t, `<Relationship Id="a" Type="`+relationship+`hyperlink" Target="https://pemda.test/" TargetMode="External"/>`), ""},
		"a picture of its own":                     {related(t, `<Relationship Id="a" Type="`+relationship+`image" Target="media/a.png"/>`), ""},
		"an OLE object":                            {openXML(t, "word/document.xml", word, part{name: "word/embeddings/oleObject1.bin", content: "x"}), "active"},
		"an OLE object by another name":            {openXML(t, "word/document.xml", word, part{name: "word/embeddings/a.dat", content: "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1x"}), "active"},
		"an OLE object in ODF":                     {openDocument(t, upload.ODT.Media, part{name: "Object 1", content: "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1x"}), "active"},
		"the table behind a chart":                 {openXML(t, "word/document.xml", word, part{name: "word/embeddings/Microsoft_Excel_Sheet1.xlsx", content: "PK\x03\x04"}), ""},
		"a WebP photo":                             {riff("VP8 ", "\x00\x00\x00\x9d\x01\x2a\x10\x00\x10\x00"), ""},
		"a WebP photo of no size":                  {riff("VP8 ", "\x00\x00\x00\x9d\x01\x2a\x00\x00\x10\x00"), "broken"},
		"a WebP photo without end":                 {riff("VP8 ", "\x00\x00\x00\x9d\x01\x2a\xff\x3f\xff\x3f"), "bomb"},
		"a WebP drawing without end":               {riff("VP8L", "\x2f\xff\xff\xff\x0f\x00\x00\x00\x00\x00"), "bomb"},
		"a WebP canvas":                            {riff("VP8X", "\x00\x00\x00\x00\x0f\x00\x00\x0f\x00\x00"), ""},
		"a WebP canvas without end":                {riff("VP8X", "\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff"), "bomb"},
		"a WebP file of another kind":              {riff("VP9 ", "\x00\x00\x00\x00\x0f\x00\x00\x0f\x00\x00"), "broken"},
		"half a WebP file":                         {[]byte(webp[:len(webp)-2]), "broken"},
		"a WebP file with something else after it": {[]byte(webp + "<script>"), "broken"},
	} {
		_, err := upload.Look("a", c.content)
		got := ""
		var e *appraisal.Error
		if errors.As(err, &e) && len(e.Fields) == 1 {
			got = strings.TrimPrefix(e.Fields[0].Key, "evidence.error.")
		}
		if got != c.want || (err == nil) != (c.want == "") {
			t.Errorf("%s is answered with %q, want %q: %v", name, got, c.want, err)
		}
	}
}

func TestPapersOfTelaahItselfAreTaken(t *testing.T) {
	press := report.New("http://telaah.test", time.UTC)
	var paper, table bytes.Buffer
	d := appraisal.Document{Kind: appraisal.DocumentPlan, Employee: appraisal.Signatory{Name: "Wati"}, Plan: &appraisal.DocumentedPlan{Number: 1}}
	for range 200 {
		d.Plan.Results = append(d.Plan.Results, appraisal.DocumentedResult{Statement: "Berkas selesai tepat waktu"})
	}
	err := press.Print(&paper, d, appraisal.Issue{Number: 1, Code: appraisal.NewDocumentCode([appraisal.DocumentCodeEntropy]byte{})})
	if err != nil {
		t.Fatal(err)
	}
	err = press.Results(&table, appraisal.ResultsXLSX, appraisal.ResultsHead{}, func(yield func(appraisal.ResultsRow, error) bool) {
		yield(appraisal.ResultsRow{Name: "Wati"}, nil)
	}, "id")
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"skp.pdf": paper.Bytes(), "hasil.xlsx": table.Bytes()} {
		if f, err := upload.Look(name, content); err != nil || f.Name != name {
			t.Errorf("%s is taken for %q: %v", name, f.Name, err)
		}
	}
}
