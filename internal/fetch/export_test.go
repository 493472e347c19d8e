package fetch

// Public is public, for tests.
var Public = public
