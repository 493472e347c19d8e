package pg

// Refuse is refuse, for the test of what a missing server leads to.
var Refuse = refuse

// Dir returns the cluster's folder.
func (c *Cluster) Dir() string { return c.dir }
