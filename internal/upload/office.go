package upload

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"
)

// Bounds of an office document, which is a ZIP archive of parts.
const (
	mostParts    = 5000
	mostUnpacked = 200 << 20 // bytes of all parts together
	longestIndex = 4 << 20   // bytes of a part that is read
)

// office takes a ZIP archive that is the document that it claims to be: the parts are there, they can be unpacked in full within
// bounds, and none of them runs, is an OLE object or brings something in from elsewhere. Documents within the document, such as the
// table behind a chart, are not looked into.
func office(content []byte) (Type, string) {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return Type{}, faultBroken
	}
	if len(archive.File) > mostParts {
		return Type{}, faultBomb
	}
	parts := map[string]*zip.File{}
	for _, f := range archive.File {
		if _, twice := parts[f.Name]; twice || f.Flags&1 != 0 { // encrypted parts cannot be looked at
			return Type{}, faultBroken
		}
		parts[f.Name] = f
	}
	var t Type
	var fault string
	switch {
	case parts["[Content_Types].xml"] != nil:
		t, fault = openXML(parts)
	case parts["mimetype"] != nil:
		t, fault = openDocument(archive.File[0], parts)
	default:
		return Type{}, faultType
	}
	if fault != "" {
		return Type{}, fault
	}
	return t, unpack(archive.File)
}

// ole begins the files in which OLE objects, old documents and installers are kept.
var ole = []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")

// unpack goes through all parts, believing no size that the archive tells.
func unpack(files []*zip.File) string {
	left := int64(mostUnpacked)
	for _, f := range files {
		r, err := f.Open()
		if err != nil {
			return faultBroken
		}
		var begin beginning
		n, err := io.Copy(&begin, io.LimitReader(r, left+1))
		_ = r.Close() // what could be read of it is all that counts
		if left -= n; left < 0 {
			return faultBomb
		}
		switch {
		case err != nil:
			return faultBroken
		case bytes.HasPrefix(begin, ole):
			return faultActive
		}
	}
	return ""
}

// beginning keeps the first bytes of what is written to it.
type beginning []byte

func (b *beginning) Write(p []byte) (int, error) {
	*b = append(*b, p[:min(len(p), len(ole)-len(*b))]...)
	return len(p), nil
}

func read(f *zip.File) ([]byte, bool) {
	r, err := f.Open()
	if err != nil {
		return nil, false
	}
	defer r.Close()
	content, err := io.ReadAll(io.LimitReader(r, longestIndex+1))
	return content, err == nil && len(content) <= longestIndex
}

// openXMLTypes are the main parts of the documents with the content types that they have without macros.
var openXMLTypes = []struct {
	part, content string
	Type
}{
	{"/word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml", DOCX},
	{"/xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", XLSX},
	{"/ppt/presentation.xml", "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml", PPTX},
}

// openXML reads the list of content types of an ECMA-376 document.
func openXML(parts map[string]*zip.File) (Type, string) {
	raw, ok := read(parts["[Content_Types].xml"])
	if !ok {
		return Type{}, faultBroken
	}
	var index struct {
		Defaults []struct {
			ContentType string `xml:"ContentType,attr"`
		} `xml:"Default"`
		Overrides []struct {
			PartName    string `xml:"PartName,attr"`
			ContentType string `xml:"ContentType,attr"`
		} `xml:"Override"`
	}
	if xml.Unmarshal(raw, &index) != nil || parts["_rels/.rels"] == nil {
		return Type{}, faultBroken
	}
	var kinds []string
	given := map[string]string{}
	for _, d := range index.Defaults {
		kinds = append(kinds, d.ContentType)
	}
	for _, o := range index.Overrides {
		kinds = append(kinds, o.ContentType)
		given[strings.ToLower(o.PartName)] = o.ContentType
	}
	for _, kind := range kinds {
		kind = strings.ToLower(kind)
		for _, running := range []string{"macroenabled", "vbaproject", "vbadata", "activex", "intlmacrosheet", "macrosheet"} {
			if strings.Contains(kind, running) {
				return Type{}, faultMacros
			}
		}
	}
	for name := range parts {
		if runs(name) {
			return Type{}, faultMacros
		}
	}
	if fault := reachesOut(kinds, parts); fault != "" {
		return Type{}, fault
	}
	for _, t := range openXMLTypes {
		if strings.EqualFold(given[t.part], t.content) && parts[strings.TrimPrefix(t.part, "/")] != nil {
			return t.Type, ""
		}
	}
	return Type{}, faultType
}

// reachesOut refuses a document with OLE objects, and one of which a part is fetched from elsewhere when it is opened, a template for
// example. A link that somebody follows is none.
func reachesOut(kinds []string, parts map[string]*zip.File) string {
	for _, kind := range kinds {
		if strings.Contains(strings.ToLower(kind), "oleobject") {
			return faultActive
		}
	}
	for name, part := range parts {
		name = strings.ToLower(name)
		if strings.HasPrefix(path.Base(name), "oleobject") {
			return faultActive
		}
		if path.Ext(name) != ".rels" {
			continue
		}
		raw, ok := read(part)
		if !ok {
			return faultBroken
		}
		if fault := externals(raw); fault != "" {
			return fault
		}
	}
	return ""
}

// externals looks for relationships to what is not in the document, other than links.
func externals(relationships []byte) string {
	d := xml.NewDecoder(bytes.NewReader(relationships))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return ""
		}
		if err != nil {
			return faultBroken
		}
		element, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		external, link := false, false
		for _, a := range element.Attr {
			switch a.Name.Local {
			case "TargetMode":
				external = strings.EqualFold(strings.TrimSpace(a.Value), "External")
			case "Type":
				link = strings.HasSuffix(a.Value, "/relationships/hyperlink")
			}
		}
		if external && !link {
			return faultActive
		}
	}
}

// runs reports whether the name of a part is that of macros, controls or programs.
func runs(name string) bool {
	name = strings.ToLower(name)
	base := path.Base(name)
	for _, part := range []string{"vbaproject", "vbadata", "activex"} {
		if strings.HasPrefix(base, part) {
			return true
		}
	}
	switch path.Ext(base) {
	case ".exe", ".dll", ".com", ".scr", ".bat", ".cmd", ".js", ".jse", ".vbs", ".vbe", ".wsf", ".hta", ".ps1", ".jar", ".lnk", ".msi":
		return true
	}
	return strings.Contains(name, "/macrosheets/") || strings.HasPrefix(name, "basic/") || strings.HasPrefix(name, "scripts/")
}

// openDocument reads the part that names the type of an ODF document (OASIS, part 2, section 3.3: the first, not compressed).
func openDocument(first *zip.File, parts map[string]*zip.File) (Type, string) {
	said, ok := read(parts["mimetype"])
	if !ok || first.Name != "mimetype" || first.Method != zip.Store || parts["content.xml"] == nil || parts["META-INF/manifest.xml"] == nil {
		return Type{}, faultBroken
	}
	for name := range parts {
		if runs(name) {
			return Type{}, faultMacros
		}
	}
	for _, t := range []Type{ODT, ODS} {
		if string(said) == t.Media {
			return t, ""
		}
	}
	return Type{}, faultType
}
