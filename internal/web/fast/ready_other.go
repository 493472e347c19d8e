//go:build !unix

package fast

func (c *conn) byReadiness() {}

func (c *conn) runPolled() error { panic("there is no readiness here") }
