package gitrepo

// RemoteNamed is where a remote of the clone's configuration is, "" where there
// is none of that name.
func (r *Repo) RemoteNamed(name string) string { return r.conf.urls[name] }
