package discuss

// builtin are the lists that come with Warta: what is said to hurt, and what
// contains it and is innocent. They are a beginning; a newsroom adds its own words
// and allows others. A word with a star behind it also counts with anything after
// it.
var builtin = map[string]struct{ words, phrases, allow string }{
	BuiltinID: {
		words: `anjing anjir anjrit asu babi bangsat bajingan brengsek kampret keparat kunyuk monyet
goblok* goblog* gblk tolol* bego idiot dungu bloon geblek pantek puki pukimak* kimak
kontol* kntl memek mmk jembut* ngentot* ngewe entot* peler pepek pentil toket itil
jancok* jancuk* dancok cok cuk ndasmu
lonte* pelacur sundal perek jablay pecun bencong* banci maho homo lesbong
kafir* cebong* kadrun* aseng cokin`,
		phrases: `mati saja kamu
mampus lu
bunuh saja
gantung saja
bakar saja rumahnya
gorok lehernya
cina babi
cino babi
anak haram`,
		allow: `babi hutan
babi guling
babi panggang
babi rusa
daging babi
flu babi
demam babi
virus babi
ternak babi
peternak babi
peternakan babi
kandang babi
minyak babi
unsur babi
bulu babi
kulit babi
anjing pelacak
anjing liar
anjing ras
anjing peliharaan
anjing penjaga
anjing polisi
anjing laut
gigitan anjing
daging anjing
pencinta anjing
monyet ekor panjang
monyet liar
cacar monyet
topeng monyet
cinta monyet
pukis
pelacuran
pentil ban
geblek renteng
homo sapiens
homo erectus`,
	},
	BuiltinEN: {
		words: `fuck* motherfuck* fck fuk shit shitty bullshit* bitch* cunt* asshole* arsehole* bastard* dickhead*
wanker* twat* slut* whore* cock cocksuck* prick pussy
nigger* nigga* faggot* fag fags retard retarded tranny kike* chink* gook*`,
		phrases: `kill yourself
go die
go to hell
hang yourself
i will kill you
i will find you`,
		allow: `cock and bull
weather cock
cocker spaniel
chink in the armour
chink in the armor
pussy willow`,
	},
}
