package postgres

import "io/fs"

// subFS shows goose the migrations without their folder.
type subFS struct{}

// Open implements fs.FS.
func (subFS) Open(name string) (fs.File, error) {
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return sub.Open(name)
}
