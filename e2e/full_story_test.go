package e2e_test

import (
	"warta/internal/doc"
	"warta/internal/news"
)

// writeFull publishes the story that has every piece of furniture.
func (n *newsroom) writeFull() {
	n.T.Helper()
	in := n.item(fullHeadline, "internasional", published, func(c *news.Content) {
		c.Standfirst = "Setelah dua pekan perjalanan, cermin selebar 6,5 meter mengembang tanpa gangguan."
		c.Dateline = "WASHINGTON DC"
		c.Credits = nil
		for _, r := range news.Roles {
			c.Credits = append(c.Credits, news.Credit{PersonID: n.persons[r], Role: r})
		}
		c.Sources = n.sources
		c.Lead = news.Lead{PictureID: n.big, Caption: photoCaption, Credit: photoCredit, Alt: "Dua teknisi di depan cermin berlapis emas"}
		c.Topics = []int64{n.topic.ID}
		c.Related = []int64{n.related, n.reply}
		c.Labels = []news.Label{news.LabelExclusive, news.LabelAIAssisted}
		c.Body = doc.Doc{Blocks: ids(n.everyBlock())}
	})
	n.full = n.bring(in)[0]
}

// everyBlock is a body with every type of block, mark and embed.
func (n *newsroom) everyBlock() []doc.Block {
	text := func(s string) doc.Inline { return doc.Text(s) }
	return []doc.Block{
		doc.Paragraph{Text: doc.Inline{{Text: "Cermin utama teleskop baru terbuka "}, {Text: "tanpa gangguan", Marks: doc.Strong},
			{Text: " pada Jumat malam, kata "}, {Text: "badan antariksa", Href: "https://antariksa.example/"}, {Text: "."}}},
		doc.Paragraph{Text: doc.Inline{{Text: "Delapan belas ruasnya bergerak "}, {Text: "serempak", Marks: doc.Em},
			{Text: "; permukaannya seluas 25 m"}, {Text: "2", Marks: doc.Sup}, {Text: " dan berkode "}, {Text: "JW-1", Marks: doc.Code}, {Text: "."}}},
		doc.ReadAlso{Story: n.read},
		doc.Heading{Level: 2, Text: text("Perjalanan yang panjang")},
		doc.Paragraph{Text: text("Kapal pengangkutnya menempuh jarak satu setengah juta kilometer.")},
		doc.ReadAlso{Headline: "Berita yang Belum Pernah Ditulis Siapa Pun"},
		doc.AdBreak{},
		doc.List{Items: []doc.ListItem{{Text: text("peluncuran pada Desember"), Lists: []doc.List{{Items: []doc.ListItem{{Text: text("ditunda dua kali")}}}}}, {Text: text("pembukaan pelindung panas")}}},
		doc.List{Ordered: true, Start: 3, Items: []doc.ListItem{{Text: text("pendinginan")}, {Text: text("kalibrasi")}}},
		doc.Quote{Paragraphs: []doc.Inline{text("Kami menahan napas sampai sinyal terakhir datang.")}, Attribution: "Kepala misi"},
		doc.Quote{Pull: true, Paragraphs: []doc.Inline{text("Langit yang lebih tua kini dapat kita lihat.")}},
		doc.Heading{Level: 3, Text: text("Gambar pertama")},
		doc.Picture{Picture: n.wide, Caption: "Ruang kendali pada malam pembukaan", Credit: "REUTERS/JUNI", Alt: "Orang bertepuk tangan di ruang kendali"},
		doc.Heading{Level: 4, Text: text("Langkah berikutnya")},
		doc.Gallery{Caption: "Tahap demi tahap", Items: []doc.Picture{{Picture: n.square, Caption: "Cermin dilipat"}, {Picture: n.tall, Caption: "Roket di landasan", Credit: "AFP/ADE"}, {Picture: n.fifth}}},
		doc.Table{Caption: "Ukuran teleskop", Rows: []doc.Row{
			{Cells: []doc.Cell{{Header: true, Text: text("Nama")}, {Header: true, Text: text("Cermin")}, {Header: true, Text: text("Tahun")}}},
			{Cells: []doc.Cell{{Header: true, Text: text("Yang lama")}, {Text: text("2,4 meter")}, {Text: text("1990")}}},
			{Cells: []doc.Cell{{Header: true, Text: text("Yang baru")}, {Text: text("6,5 meter")}, {Text: text("2021")}}},
		}},
		doc.FactBox{Title: "Sekilas teleskop baru", Blocks: []doc.Block{
			doc.Paragraph{Text: text("Beratnya enam ton.")}, doc.List{Items: []doc.ListItem{{Text: text("Umur rencana: sepuluh tahun")}}}}},
		doc.Divider{},
		doc.Embed{Provider: doc.YouTube, URL: "https://www.youtube.com/watch?v=abcdefghijk", Title: "Rekaman peluncuran"},
		doc.Embed{Provider: doc.X, URL: "https://x.com/antariksa/status/1479558960000000000"},
		doc.Embed{Provider: doc.Instagram, URL: "https://www.instagram.com/p/AbCdEf123/"},
		doc.Embed{Provider: doc.TikTok, URL: "https://www.tiktok.com/@antariksa/video/7050000000000000000"},
		doc.Embed{Provider: doc.Facebook, URL: "https://www.facebook.com/antariksa/posts/123456"},
		doc.Embed{Provider: doc.Spotify, URL: "https://open.spotify.com/episode/4rOoJ6Egrf8K2IrywzwOMk"},
		doc.Embed{Provider: doc.Generic, URL: "https://peta.example/orbit", Title: "Peta orbit"},
		doc.Paragraph{Text: text("Gambar ilmiah pertama diharapkan datang pada pertengahan tahun.")},
	}
}
