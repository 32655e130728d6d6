package intake

import (
	"strings"
	"time"
	_ "time/tzdata" // zones must be known on machines without a zone database
)

// zoneNamed finds the zone of a name as calendars write it: IANA, with a prefix
// ("/example.org/20240101_1/Europe/Berlin"), or Windows'; nil if there is none.
func zoneNamed(name string) *time.Location {
	name = strings.Trim(strings.TrimSpace(name), `"`)
	if loc := iana(name); loc != nil {
		return loc
	}
	if w, ok := windowsZones[strings.ToLower(strings.TrimSuffix(name, " 1"))]; ok {
		return iana(w)
	}
	if parts := strings.Split(name, "/"); len(parts) > 2 {
		for n := 3; n >= 2; n-- { // America/Argentina/Salta, Europe/Berlin
			if len(parts) > n {
				if loc := iana(strings.Join(parts[len(parts)-n:], "/")); loc != nil {
					return loc
				}
			}
		}
	}
	switch strings.ToUpper(name) {
	case "Z", "UTC", "GMT", "ETC/UTC":
		return time.UTC
	}
	return nil
}

func iana(name string) *time.Location {
	if name == "" || len(name) > 64 || name == "Local" || name == "Factory" || name == "localtime" {
		return nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return loc
}

// windowsZones are the names of Windows and Outlook, after the main zone of
// each in CLDR's windowsZones.xml.
var windowsZones = map[string]string{
	"dateline standard time": "Etc/GMT+12", "hawaiian standard time": "Pacific/Honolulu", "alaskan standard time": "America/Anchorage",
	"pacific standard time": "America/Los_Angeles", "pacific standard time (mexico)": "America/Tijuana", "us mountain standard time": "America/Phoenix",
	"mountain standard time": "America/Denver", "mountain standard time (mexico)": "America/Mazatlan", "central america standard time": "America/Guatemala",
	"central standard time": "America/Chicago", "central standard time (mexico)": "America/Mexico_City", "canada central standard time": "America/Regina",
	"easter island standard time": "Pacific/Easter", "eastern standard time": "America/New_York", "eastern standard time (mexico)": "America/Cancun",
	"us eastern standard time": "America/Indianapolis", "cuba standard time": "America/Havana", "haiti standard time": "America/Port-au-Prince",
	"sa pacific standard time": "America/Bogota", "sa western standard time": "America/La_Paz", "sa eastern standard time": "America/Cayenne",
	"venezuela standard time": "America/Caracas", "paraguay standard time": "America/Asuncion", "atlantic standard time": "America/Halifax",
	"central brazilian standard time": "America/Cuiaba", "e. south america standard time": "America/Sao_Paulo", "pacific sa standard time": "America/Santiago",
	"newfoundland standard time": "America/St_Johns", "argentina standard time": "America/Buenos_Aires", "montevideo standard time": "America/Montevideo",
	"bahia standard time": "America/Bahia", "tocantins standard time": "America/Araguaina", "greenland standard time": "America/Godthab",
	"azores standard time": "Atlantic/Azores", "cape verde standard time": "Atlantic/Cape_Verde", "gmt standard time": "Europe/London",
	"greenwich standard time": "Atlantic/Reykjavik", "morocco standard time": "Africa/Casablanca", "w. europe standard time": "Europe/Berlin",
	"central europe standard time": "Europe/Budapest", "romance standard time": "Europe/Paris", "central european standard time": "Europe/Warsaw",
	"w. central africa standard time": "Africa/Lagos", "gtb standard time": "Europe/Bucharest", "e. europe standard time": "Europe/Chisinau",
	"fle standard time": "Europe/Kiev", "turkey standard time": "Europe/Istanbul", "kaliningrad standard time": "Europe/Kaliningrad",
	"egypt standard time": "Africa/Cairo", "south africa standard time": "Africa/Johannesburg", "israel standard time": "Asia/Jerusalem",
	"jordan standard time": "Asia/Amman", "middle east standard time": "Asia/Beirut", "syria standard time": "Asia/Damascus", "namibia standard time": "Africa/Windhoek",
	"arabic standard time": "Asia/Baghdad", "arab standard time": "Asia/Riyadh", "e. africa standard time": "Africa/Nairobi", "belarus standard time": "Europe/Minsk",
	"russian standard time": "Europe/Moscow", "russia time zone 3": "Europe/Samara", "iran standard time": "Asia/Tehran", "arabian standard time": "Asia/Dubai",
	"azerbaijan standard time": "Asia/Baku", "georgian standard time": "Asia/Tbilisi", "caucasus standard time": "Asia/Yerevan", "mauritius standard time": "Indian/Mauritius",
	"afghanistan standard time": "Asia/Kabul", "west asia standard time": "Asia/Tashkent", "pakistan standard time": "Asia/Karachi", "ekaterinburg standard time": "Asia/Yekaterinburg",
	"india standard time": "Asia/Calcutta", "sri lanka standard time": "Asia/Colombo", "nepal standard time": "Asia/Katmandu", "central asia standard time": "Asia/Almaty",
	"bangladesh standard time": "Asia/Dhaka", "myanmar standard time": "Asia/Rangoon", "se asia standard time": "Asia/Bangkok", "n. central asia standard time": "Asia/Novosibirsk",
	"north asia standard time": "Asia/Krasnoyarsk", "china standard time": "Asia/Shanghai", "singapore standard time": "Asia/Singapore", "taipei standard time": "Asia/Taipei",
	"w. australia standard time": "Australia/Perth", "ulaanbaatar standard time": "Asia/Ulaanbaatar", "north asia east standard time": "Asia/Irkutsk",
	"tokyo standard time": "Asia/Tokyo", "korea standard time": "Asia/Seoul", "yakutsk standard time": "Asia/Yakutsk", "cen. australia standard time": "Australia/Adelaide",
	"aus central standard time": "Australia/Darwin", "e. australia standard time": "Australia/Brisbane", "aus eastern standard time": "Australia/Sydney",
	"lord howe standard time": "Australia/Lord_Howe", "tasmania standard time": "Australia/Hobart", "vladivostok standard time": "Asia/Vladivostok",
	"west pacific standard time": "Pacific/Port_Moresby", "central pacific standard time": "Pacific/Guadalcanal", "magadan standard time": "Asia/Magadan",
	"new zealand standard time": "Pacific/Auckland", "fiji standard time": "Pacific/Fiji", "tonga standard time": "Pacific/Tongatapu", "samoa standard time": "Pacific/Apia",
}
