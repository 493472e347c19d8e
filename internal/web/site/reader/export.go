package reader

import (
	"archive/zip"
	"encoding/json"
	"net/http"
	"slices"

	"warta/internal/discuss"
)

// export sends everything that is kept about the reader, as it is read: a zip
// with a file of JSON lines for each kind.
func (x *Reader) export(w http.ResponseWriter, r *request) error {
	// What is read first tells whether the database answers: once the archive has
	// begun, an error can only break it off.
	if _, err := x.Members.Record(r.Context(), r.session.Member.ID); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", `attachment; filename="`+archiveName(r)+`"`)
	if r.Method == http.MethodHead {
		return nil
	}
	z := zip.NewWriter(w)
	for _, f := range slices.Concat(x.Members.Export(r.session.Member.ID), x.Sales.Export(r.session.Member.ID), discuss.Export(x.Comments, r.session.Member.ID)) {
		out, err := z.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: r.now.UTC()})
		if err == nil {
			err = f.Write(r.Context(), json.NewEncoder(out).Encode)
		}
		if err != nil {
			panic(http.ErrAbortHandler) // the browser sees that it is not whole
		}
	}
	if err := z.Close(); err != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}
