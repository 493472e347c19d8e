package extract

var (
	indonesianWords = set("yang dan di ke dari ini itu dengan untuk pada tidak akan adalah juga dalam oleh sebagai telah karena saat para kata sudah bisa ada tersebut kami mereka ia lebih")
	alsoIndonesian  = set("meski masih belum hingga selama menurut atas serta seperti dapat harus namun seorang sebuah warga berikut lalu setelah sebelum antara bagi secara agar jika menjadi orang rp")
	englishWords    = set("the and of to in a is that for on was with as by it he at from his are be has have an this they said not who but their")
)

// guessLanguage tells Indonesian from English by their small words; empty if it
// is neither.
func guessLanguage(text string) string {
	id, en, n := smallWords(text)
	switch {
	case n == 0:
		return ""
	case id > en && id*12 > n:
		return "id"
	case en > id && en*8 > n:
		return "en"
	}
	return ""
}

// leaning is guessLanguage for a text that is a story in one of the two, and has
// few small words: the one of which it has far more.
func leaning(text string) string {
	id, en, _ := smallWords(text)
	for _, w := range Words(clip(text, 12_000)) {
		if alsoIndonesian[w] {
			id++
		}
	}
	switch {
	case id > 2*en+2:
		return "id"
	case en > 2*id+2:
		return "en"
	}
	return ""
}

func smallWords(text string) (id, en, all int) {
	for _, w := range Words(clip(text, 12_000)) {
		all++
		if indonesianWords[w] {
			id++
		}
		if englishWords[w] {
			en++
		}
	}
	return id, en, all
}
