package provider

import "strings"

// azureVoices are voices for prompts that name none, by language: a man's and a woman's.
// Of the regions of a language the first one stands for those that are not here.
var azureVoices = []struct{ locale, man, woman string }{
	{"en-US", "Andrew", "Ava"}, {"en-GB", "Ryan", "Sonia"}, {"en-AU", "William", "Natasha"}, {"en-CA", "Liam", "Clara"}, {"en-IE", "Connor", "Emily"},
	{"en-IN", "Prabhat", "Neerja"}, {"en-NZ", "Mitchell", "Molly"}, {"en-ZA", "Luke", "Leah"},
	{"de-DE", "Conrad", "Katja"}, {"de-AT", "Jonas", "Ingrid"}, {"de-CH", "Jan", "Leni"},
	{"fr-FR", "Henri", "Denise"}, {"fr-BE", "Gerard", "Charline"}, {"fr-CA", "Antoine", "Sylvie"}, {"fr-CH", "Fabrice", "Ariane"},
	{"es-ES", "Alvaro", "Elvira"}, {"es-MX", "Jorge", "Dalia"}, {"es-AR", "Tomas", "Elena"}, {"es-CO", "Gonzalo", "Salome"}, {"es-US", "Alonso", "Paloma"},
	{"it-IT", "Diego", "Elsa"}, {"pt-BR", "Antonio", "Francisca"}, {"pt-PT", "Duarte", "Raquel"}, {"nl-NL", "Maarten", "Colette"}, {"nl-BE", "Arnaud", "Dena"},
	{"ar-SA", "Hamed", "Zariyah"}, {"ar-AE", "Hamdan", "Fatima"}, {"ar-EG", "Shakir", "Salma"},
	{"bg-BG", "Borislav", "Kalina"}, {"ca-ES", "Enric", "Joana"}, {"cs-CZ", "Antonin", "Vlasta"}, {"da-DK", "Jeppe", "Christel"}, {"el-GR", "Nestoras", "Athina"},
	{"et-EE", "Kert", "Anu"}, {"fi-FI", "Harri", "Noora"}, {"fil-PH", "Angelo", "Blessica"}, {"he-IL", "Avri", "Hila"}, {"hi-IN", "Madhur", "Swara"},
	{"hr-HR", "Srecko", "Gabrijela"}, {"hu-HU", "Tamas", "Noemi"}, {"id-ID", "Ardi", "Gadis"}, {"is-IS", "Gunnar", "Gudrun"}, {"ja-JP", "Keita", "Nanami"},
	{"ko-KR", "InJoon", "SunHi"}, {"lt-LT", "Leonas", "Ona"}, {"lv-LV", "Nils", "Everita"}, {"ms-MY", "Osman", "Yasmin"}, {"nb-NO", "Finn", "Pernille"},
	{"pl-PL", "Marek", "Agnieszka"}, {"ro-RO", "Emil", "Alina"}, {"ru-RU", "Dmitry", "Svetlana"}, {"sk-SK", "Lukas", "Viktoria"}, {"sl-SI", "Rok", "Petra"},
	{"sr-RS", "Nicholas", "Sophie"}, {"sv-SE", "Mattias", "Sofie"}, {"th-TH", "Niwat", "Premwadee"}, {"tr-TR", "Ahmet", "Emel"}, {"uk-UA", "Ostap", "Polina"},
	{"vi-VN", "NamMinh", "HoaiMy"}, {"zh-CN", "Yunxi", "Xiaoxiao"}, {"zh-HK", "WanLung", "HiuMaan"}, {"zh-TW", "YunJhe", "HsiaoChen"},
}

// azureVoice is a voice of a language, in any case, and of a gender, "male" or any other
// word; false where no voice of the language is known.
func azureVoice(locale, gender string) (name string, known bool) {
	language := twoLetters(locale)
	for _, v := range azureVoices {
		exact := strings.EqualFold(v.locale, locale)
		if !exact && (known || twoLetters(v.locale) != language) {
			continue
		}
		who := v.woman
		if strings.EqualFold(gender, "male") {
			who = v.man
		}
		name, known = v.locale+"-"+who+"Neural", true
		if exact {
			break
		}
	}
	return name, known
}
