package extract

import "strings"

var (
	orders   = set("dapatkan ikuti simak unduh daftar daftarkan gabung bergabung bergabunglah klik nantikan yuk ayo kirim kirimkan aktifkan nyalakan langganan berlangganan download install pasang dukung nikmati dengarkan pilih pastikan follow get subscribe join sign register click tap enter turn support read listen")
	services = set("kami anda kamu akun aplikasi email e surel newsletter channel kanal saluran whatsapp telegram notifikasi gratis langganan klik download membership berlangganan pelanggan digital jurnalisme ponsel ponselmu emailmu our your inbox app account newsletters alerts updates notifications free briefing subscription journalism")
)

// callsOut tells sentences that ask readers to do something with the outlet: they
// begin with an order, or one of them does, and speak of an account, a channel or
// the like, or give an address.
func callsOut(text string) bool {
	text = clip(text, 600)
	words := Words(text)
	if len(words) < 4 || len(words) > 60 || !orders[words[0]] && !ordersLater(text) {
		return false
	}
	n := 0
	seen := map[string]bool{}
	for _, w := range words[1:] {
		if services[w] && !seen[w] {
			seen[w] = true
			n++
		}
	}
	return n >= 2 || orders[words[0]] && len(words) <= 25 && strings.Contains(text, "://")
}

// ordersLater reports whether a sentence behind the first one begins with an
// order; what somebody said is none.
func ordersLater(text string) bool {
	if strings.ContainsAny(text, "\"“”‘") {
		return false
	}
	parts := strings.Split(text, ". ")
	for _, s := range parts[1:] {
		if w := Words(clip(s, 40)); len(w) > 0 && orders[w[0]] {
			return true
		}
	}
	return false
}

// row returns the kind of a line that is nothing but labels, one behind the other,
// as controls stand that were copied from a page: "Image Print".
func (l *Labels) row(text string) (kind label, ok bool) {
	words := Words(clip(text, 200))
	if len(words) < 2 || len(words) > 12 {
		return "", false
	}
	labels := 0
	for i := 0; i < len(words); {
		size := 0
		for n := min(4, len(words)-i); n > 0 && size == 0; n-- {
			kinds := l.whole[strings.Join(words[i:i+n], " ")]
			if len(kinds) == 0 {
				continue
			}
			size = n
			for _, k := range kinds {
				if isFurniture[string(k)] && kind == "" {
					kind = k
				}
			}
		}
		if size == 0 {
			return "", false
		}
		i += size
		labels++
	}
	return kind, kind != "" && labels >= 2
}
