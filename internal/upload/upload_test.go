package upload_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/upload"
)

// part is one part of an archive that a test makes.
type part struct {
	name, content string
	stored        bool
}

func archive(t testing.TB, parts ...part) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, p := range parts {
		method := zip.Deflate
		if p.stored {
			method = zip.Store
		}
		f, err := w.CreateHeader(&zip.FileHeader{Name: p.name, Method: method})
		if err == nil {
			_, err = f.Write([]byte(p.content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const (
	word  = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
	sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
	slide = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
)

func contentTypes(main, kind, more string) part {
	return part{name: "[Content_Types].xml", content: `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="xml" ContentType="application/xml"/><Override PartName="/` + main + `" ContentType="` + kind + `"/>` + more + `</Types>`}
}

func openXML(t testing.TB, main, kind string, more ...part) []byte {
	return archive(t, append([]part{contentTypes(main, kind, ""), {name: "_rels/.rels", content: "<r/>"}, {name: main, content: "<d/>"}}, more...)...)
}

func openDocument(t testing.TB, kind string, more ...part) []byte {
	return archive(t, append([]part{
		{name: "mimetype", content: kind, stored: true}, {name: "content.xml", content: "<d/>"}, {name: "META-INF/manifest.xml", content: "<m/>"},
	}, more...)...)
}

func picture(t testing.TB, encode func(*bytes.Buffer, image.Image) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b, image.NewGray(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB) []byte {
	return picture(t, func(b *bytes.Buffer, i image.Image) error { return png.Encode(b, i) })
}

const (
	pdf  = "%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\nstartxref\n9\n%%EOF\n"
	webp = "RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"
	exe  = "MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00\xb8\x00\x00\x00\x00\x00\x00\x00@\x00\x00\x00" +
		"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x80\x00\x00\x00PE\x00\x00"
)

func TestATypeIsDecidedByContent(t *testing.T) {
	jpg := picture(t, func(b *bytes.Buffer, i image.Image) error { return jpeg.Encode(b, i, nil) })
	for name, c := range map[string]struct {
		content []byte
		want    upload.Type
		called  string
	}{
		"laporan.pdf":    {[]byte(pdf), upload.PDF, "laporan.pdf"},
		"laporan.docx":   {[]byte(pdf), upload.PDF, "laporan.pdf"},
		"foto.JPG":       {jpg, upload.JPEG, "foto.jpg"},
		"foto.jpeg":      {jpg, upload.JPEG, "foto.jpeg"},
		"layar.jpg":      {pngOf(t), upload.PNG, "layar.png"},
		"foto.webp":      {[]byte(webp), upload.WebP, "foto.webp"},
		"surat.docx":     {openXML(t, "word/document.xml", word), upload.DOCX, "surat.docx"},
		"tabel.xlsx":     {openXML(t, "xl/workbook.xml", sheet), upload.XLSX, "tabel.xlsx"},
		"paparan.pptx":   {openXML(t, "ppt/presentation.xml", slide), upload.PPTX, "paparan.pptx"},
		"surat.odt":      {openDocument(t, upload.ODT.Media), upload.ODT, "surat.odt"},
		"tabel.ods":      {openDocument(t, upload.ODS.Media), upload.ODS, "tabel.ods"},
		"catatan.txt":    {[]byte("Sudah selesai.\n"), upload.Text, "catatan.txt"},
		"README":         {[]byte("Sudah selesai.\n"), upload.Text, "README.txt"},
		"data.csv":       {[]byte("bulan;nilai\nJanuari;2,5\n"), upload.CSV, "data.csv"},
		"lama.csv":       {[]byte("nama;kota\nAndr\xe9;Padang\n"), upload.CSV, "lama.csv"},
		"utf16.txt":      {[]byte("\xff\xfeH\x00a\x00l\x00o\x00"), upload.Text, "utf16.txt"},
		"a.final.xyz":    {[]byte(pdf), upload.PDF, "a.final.xyz.pdf"},
		"laporan.exe":    {[]byte(pdf), upload.PDF, "laporan.exe.pdf"},
		"tabel.xlsx.zip": {openXML(t, "xl/workbook.xml", sheet), upload.XLSX, "tabel.xlsx.zip.xlsx"},
	} {
		f, err := upload.Look(name, c.content)
		if err != nil || f.Type.Media != c.want.Media || f.Name != c.called {
			t.Errorf("%s is taken for %s, %q: %v", name, f.Type.Media, f.Name, err)
		}
	}
}

func TestWhatCouldDoMoreThanBeReadIsRefusedWhateverItIsCalled(t *testing.T) {
	bomb := openXML(t, "word/document.xml", word, part{name: "word/media/a.xml", content: strings.Repeat("\x00", 201<<20)})
	for name, c := range map[string]struct {
		file    string
		content []byte
		want    string
	}{
		"nothing":                        {"a.pdf", nil, "empty"},
		"a renamed program":              {"laporan.pdf", []byte(exe), "type"},
		"a program of Linux":             {"laporan.pdf", []byte("\x7fELF\x02\x01\x01" + strings.Repeat("\x00", 60)), "type"},
		"a page":                         {"catatan.txt", []byte("<!DOCTYPE html><html><script>alert(1)</script>"), "type"},
		"a page behind text":             {"catatan.txt", []byte("Halo\n\n<HTML><body onload=x>"), "type"},
		"a script in a table":            {"data.csv", []byte("a;b\n1;<script>alert(1)</script>\n"), "type"},
		"a drawing that runs":            {"gambar.txt", []byte("<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"), "type"},
		"XML":                            {"a.txt", []byte("<?xml version='1.0'?><a/>"), "type"},
		"a shell script":                 {"a.txt", []byte("#!/bin/sh\nrm -rf /\n"), "type"},
		"PHP":                            {"a.txt", []byte("Halo <?php system('id'); ?>"), "type"},
		"text with control signs":        {"a.txt", []byte("Halo\x07\x1b[2J"), "type"},
		"a page that begins like a PDF":  {"a.pdf", []byte("%PDF-1.4\n<html><script>alert(1)</script></html>"), "broken"},
		"a page that hides a PDF":        {"a.pdf", []byte("<html>" + pdf), "broken"},
		"half a picture":                 {"a.png", pngOf(t)[:20], "broken"},
		"a picture without end":          {"a.png", hugePNG(), "bomb"},
		"an animation":                   {"a.gif", []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), "type"},
		"an old document":                {"a.doc", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600)), "type"},
		"a plain archive":                {"a.docx", archive(t, part{name: "a.txt", content: "a"}), "type"},
		"a Java program":                 {"a.docx", archive(t, part{name: "META-INF/MANIFEST.MF", content: "Main-Class: A"}), "type"},
		"half an archive":                {"a.docx", openXML(t, "word/document.xml", word)[:200], "broken"},
		"a document of macros":           {"a.docx", openXML(t, "word/document.xml", "application/vnd.ms-word.document.macroEnabled.main+xml"), "macros"},
		"a document with a macro":        {"a.docx", openXML(t, "word/document.xml", word, part{name: "word/vbaProject.bin", content: "x"}), "macros"},
		"a macro by another name":        {"a.docx", archive(t, contentTypes("word/document.xml", word, `<Override PartName="/word/x.bin" ContentType="application/vnd.ms-office.vbaProject"/>`), part{name: "_rels/.rels"}, part{name: "word/document.xml"}), "macros"},
		"a table with old macros":        {"a.xlsx", openXML(t, "xl/workbook.xml", sheet, part{name: "xl/macrosheets/sheet1.xml", content: "x"}), "macros"},
		"a document with a program":      {"a.docx", openXML(t, "word/document.xml", word, part{name: "word/embeddings/a.EXE", content: "MZ"}), "macros"},
		"an ODF document with macros":    {"a.odt", openDocument(t, upload.ODT.Media, part{name: "Basic/Standard/a.xml", content: "x"}), "macros"},
		"a book":                         {"a.odt", openDocument(t, "application/epub+zip"), "type"},
		"a document without its content": {"a.docx", archive(t, contentTypes("word/document.xml", word, ""), part{name: "_rels/.rels"}), "type"},
		"a table that says it is text":   {"a.docx", archive(t, contentTypes("word/document.xml", sheet, ""), part{name: "_rels/.rels"}, part{name: "word/document.xml"}), "type"},
		"two parts of one name":          {"a.docx", openXML(t, "word/document.xml", word, part{name: "word/document.xml", content: "other"}), "broken"},
		"a bomb":                         {"a.docx", bomb, "bomb"},
		"a bomb that tells small sizes":  {"a.docx", lying(bytes.Clone(bomb)), "bomb broken"},
		"too many parts":                 {"a.docx", crowd(t), "bomb"},
	} {
		_, err := upload.Look(c.file, c.content)
		var e *appraisal.Error
		if !errors.As(err, &e) || len(e.Fields) != 1 || e.Fields[0].Field != "file" {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := strings.TrimPrefix(e.Fields[0].Key, "evidence.error."); !strings.Contains(" "+c.want+" ", " "+got+" ") {
			t.Errorf("%s is refused as %s, want %s", name, got, c.want)
		}
	}
}

// hugePNG says that it is 60,000 pixels wide and high.
func hugePNG() []byte {
	header := []byte("IHDR\x00\x00\xea\x60\x00\x00\xea\x60\x08\x00\x00\x00\x00")
	b := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), header...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(header))
}

// lying returns an archive whose directory tells that every part is 10 bytes.
func lying(content []byte) []byte {
	for i := 0; ; {
		at := bytes.Index(content[i:], []byte("PK\x01\x02"))
		if at < 0 {
			return content
		}
		i += at
		binary.LittleEndian.PutUint32(content[i+24:], 10)
		i += 4
	}
}

func crowd(t *testing.T) []byte {
	parts := make([]part, 5001)
	for i := range parts {
		parts[i].name = "p" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + strings.Repeat("y", i/26)
		parts[i].name = parts[i].name[:min(len(parts[i].name), 250)]
	}
	return archive(t, parts...)
}

func TestANameIsWhatItLooksLike(t *testing.T) {
	for sent, want := range map[string]string{
		"laporan.pdf":                         "laporan.pdf",
		`C:\Users\Ani\Dokumen\laporan.pdf`:    "laporan.pdf",
		"../../etc/passwd":                    "passwd.pdf",
		"..":                                  "berkas.pdf",
		"":                                    "berkas.pdf",
		".pdf":                                "berkas.pdf",
		"laporan\u202efdp.exe":                "laporanfdp.exe.pdf",
		"lap\u200boran\ufeff.pdf":             "laporan.pdf",
		"lapo\x00ran\r\nX-Evil: 1.pdf":        "laporan X-Evil_ 1.pdf",
		"  a \t b  .pdf ":                     "a b.pdf",
		`a"b<c>|?*:.pdf`:                      "a_b_c_____.pdf",
		"Laporan kinerja – Café Ñandú.pdf":    "Laporan kinerja – Café Ñandú.pdf",
		"Cafe\u0301.pdf":                      "Café.pdf",
		"a\u0300\u0301\u0302\u0303\u0304.pdf": "à\u0301\u0302.pdf",
		"CON.pdf":                             "_CON.pdf",
		"nul.tar.pdf":                         "_nul.tar.pdf",
		"laporan.pdf...":                      "laporan.pdf.pdf",
		"\xff\xfe.pdf":                        "_.pdf",
		strings.Repeat("é", 300) + ".pdf":     strings.Repeat("é", 116) + ".pdf",
	} {
		if got := upload.Name(sent, upload.PDF); got != want {
			t.Errorf("%q is called %q, want %q", sent, got, want)
		}
	}
}

func FuzzLook(f *testing.F) {
	for _, content := range []string{pdf, webp, exe, "a;b\n1;2\n"} {
		f.Add("a.docx", []byte(content))
	}
	f.Add("a.docx", openXML(f, "word/document.xml", word))
	f.Add("a.docx", related(f, `<Relationship TargetMode="External"/>`))
	f.Add("a.pdf", objectStream("/Filter /FlateDecode", deflated(f, "1 0 <</Type /Page>>")))
	f.Add("a.odt", openDocument(f, upload.ODT.Media))
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		file, err := upload.Look(name, content)
		if err != nil {
			return
		}
		if file.Name == "" || len([]rune(file.Name)) > 130 || strings.ContainsAny(file.Name, "/\\\x00\r\n\"") || strings.ContainsRune(file.Name, '\u202e') {
			t.Errorf("%q is called %q", name, file.Name)
		}
	})
}
