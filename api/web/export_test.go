package web

// WithService returns the same pages over another service, so that tests parse the templates once.
func (p *Pages) WithService(s Service) *Pages {
	other := *p
	other.service = s
	return &other
}
