package ingest

// datelineOutlets are the agencies and outlets whose names stand in datelines
// and are not written like a host ("KOMPAS.com" is known by its form).
var datelineOutlets = []string{
	"AAP", "AFP", "Agence France-Presse", "AKURAT", "Anadolu", "Anadolu Agency", "ANSA", "ANTARA", "ANTARA News", "AP",
	"Associated Press", "BBC", "BBC Indonesia", "BBC News Indonesia", "Bernama", "Bernama-ANTARA", "Bisnis", "Bloomberg",
	"BUSINESS WIRE", "CNA", "CNBC", "CNBC Indonesia", "CNN", "CNN Indonesia", "detikcom", "dpa", "DW", "DW Indonesia",
	"EFE", "GlobeNewswire", "IANS", "iNews", "JawaPos", "JPNN", "Kantor Berita Antara", "KBR", "Kompas", "KOMPAS TV",
	"Kontan", "Kyodo", "Kyodo News", "Media Indonesia", "Medcom", "Merdeka", "Okezone", "Pikiran Rakyat", "PR Newswire",
	"PRNewswire", "PTI", "Republika", "Reuters", "RFI", "RRI", "Sindonews", "Solopos", "Suara", "Suara Merdeka",
	"Suara Pembaruan", "Sputnik", "TASS", "Tempo", "The Jakarta Post", "Tirto", "Tribun", "Tribun News", "UPI", "VIVA",
	"VOA", "VOA Indonesia", "Xinhua", "Yonhap",
}

// datelinePatterns are the forms in which a dateline begins a story, the more
// particular ones first. See ParseDatelines for their syntax.
var datelinePatterns = []string{
	"{place}, {date} ({outlet}) -", // LONDON, Jan 7 (Reuters) -
	"{place} ({outlet}) -",         // Jakarta (ANTARA) -  ·  GROSSETO, Italy (AP) --
	"{place}, {date} /{outlet}/ -", // NEW YORK, Jan. 7, 2022 /PRNewswire/ --
	"{place}, {date}, {outlet} -",  // Jakarta, 7 Januari 2022, ANTARA -
	"{place}, {outlet}, {date} -",  // JAKARTA, KOMPAS.com, 8/1/2022 -
	"{place}, {outlet} -",          // JAKARTA, KOMPAS.com –
	"{outlet}, {place}, {date} -",  // TEMPO.CO, Jakarta, 7 Januari 2022 -
	"{outlet}, {place} -",          // Liputan6.com, Jakarta -
	"{place}, {outlet} ({date}) -", // JAKARTA, KOMPAS.com (8/1/2022) -
	"{place} | {outlet} -",         // JAKARTA | KOMPAS.com -
	"{place}-({outlet})-",          // NEW YORK--(BUSINESS WIRE)--
	"{outlet} ({place}) -",         // ANTARA (Jakarta) -
	"{outlet} -",                   // KOMPAS.com -
}
