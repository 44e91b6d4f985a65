package appraisal

import "time"

// Listing is a paper made of headed tables and prose, with all its words: what is printed for one reader, or as a certificate.
type Listing struct {
	Lang    string // of the words: "id" or "en"
	Title   string
	Subject string // whom or what it is about
	At      time.Time
	Mark    string // what it is known by, at the foot of every page
	Parts   []ListingPart
}

// ListingPart is a section: prose, then a table where it has columns.
type ListingPart struct {
	Heading string
	Minor   bool // a section of the section before
	Prose   []string
	Columns []ListingColumn
	Rows    [][]string
}

// ListingColumn is a column with its share of the page's width.
type ListingColumn struct {
	Heading string
	Width   int
}
