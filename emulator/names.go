package emulator

import (
	"math/rand/v2"
	"strings"
)

// The names are invented by combination; a match with a living person is chance. They come from many cultures, with the
// accents and scripts that break careless software.
var (
	givenNames = []string{
		"Amara", "Anneke", "Ayesha", "Beatriz", "Bjørn", "Camille", "Chidi", "Chloë", "Daniela", "Dmytro", "Ebru", "Eilidh",
		"Elif", "Emeka", "Fatoumata", "Farid", "Giulia", "Gökhan", "Hana", "Haruto", "Hye-jin", "Ilse", "Imani", "Inés",
		"Jamila", "Jiho", "João", "Kalani", "Kateryna", "Kofi", "Lakshmi", "Layla", "Leilani", "Linh", "Luca", "Małgorzata",
		"Marco", "Mei", "Mireille", "Nadia", "Ngozi", "Nikhil", "Noor", "Olumide", "Oskar", "Paloma", "Priya", "Qiang",
		"Rafael", "Ravi", "Rosalind", "Rūta", "Sanjay", "Saoirse", "Sibusiso", "Siobhán", "Søren", "Svetlana", "Tamar", "Tariq",
		"Thandiwe", "Tomáš", "Ulrike", "Valentina", "Wanjiru", "Xochitl", "Yael", "Yuki", "Zainab", "Zoë", "明", "秀英",
	}
	familyNames = []string{
		"Abeyratne", "Adeyemi", "Ålund", "Anand", "Arslan", "Baptiste", "Bergström", "Bianchi", "Castellanos", "Chaudhry",
		"Chukwu", "Costa", "D'Angelo", "Dlamini", "Dubois", "Eriksen", "Farrell", "Ferreira", "Fujimoto", "García", "Goldberg",
		"Haddad", "Hakimi", "Hernández", "Horváth", "Ibrahim", "Ivanchuk", "Jansen", "Kamau", "Kapoor", "Kiplagat", "Kowalczyk",
		"Lindqvist", "Lund", "MacLeod", "Mahlangu", "Mäkinen", "Mendoza", "Menon", "Mensah", "Moreau", "Müller", "Nakagawa",
		"Nguyen", "Novák", "O'Brien", "Okafor", "Oyelaran", "Öztürk", "Papadakis", "Park", "Petrov", "Popescu", "Quispe",
		"Rahman", "Reyes", "Rossi", "Sato", "Schäfer", "Sørensen", "Suzuki", "Szabó", "Takahashi", "Tran", "Ueda", "van Dijk",
		"Varga", "Wójcik", "Yilmaz", "Zhang", "Žukauskas", "Zulu",
	}
	topicNouns = []string{
		"Weekly network review", "Platform stand-up", "Design critique", "Budget 2027", "Incident review", "Sales pipeline",
		"Customer onboarding", "Sprint planning", "Hiring sync", "Support hand-over", "Security office hours", "Roadmap",
		"Leadership round", "Payroll migration", "Data guild", "Facilities & safety", "Campaign kick-off", "Vendor call",
		"1:1", "Équipe produit", "Rückblick Quartal", "日次ミーティング", "Release go/no-go 🚀", "Coffee ☕",
	}
	webinarTopics = []string{"Product briefing", "All hands", "Customer day", "Benefits explained", "Town hall"}
)

// ascii folds the letters of the name lists to what stands in e-mail addresses.
var ascii = strings.NewReplacer(
	"á", "a", "ã", "a", "ä", "ae", "Å", "A", "å", "a", "ç", "c", "é", "e", "ë", "e", "É", "E", "í", "i", "ł", "l", "ñ", "n",
	"ó", "o", "ö", "oe", "Ö", "Oe", "ø", "o", "š", "s", "ū", "u", "ü", "ue", "Ž", "Z", "ž", "z", "'", "", " ", "", "-", "",
	"明", "ming", "秀英", "xiuying",
)

// fullName returns a display name and the local part of an e-mail address.
func fullName(r *rand.Rand) (name, local string) {
	given, family := pick(r, givenNames), pick(r, familyNames)
	return given + " " + family, strings.ToLower(ascii.Replace(given) + "." + ascii.Replace(family))
}
