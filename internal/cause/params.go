package cause

// dim is a sort of cell that several people share.
type dim uint8

const (
	dimSubnet dim = iota
	dimSubnetWifi
	dimSite
	dimSiteWifi
	dimTransport
	dimISP
	dimCenter
	dimVersion
	dimVPN
	dimMeeting
	dims
)

// Prior is the expected number of faults of each sort that are going on at a random moment in a whole account.
type Prior struct {
	Subnet, SubnetWifi, Site, SiteWifi, Transport, ISP, Center, Version, VPN, Meeting float64
}

func (p *Prior) of(d dim) float64 {
	return [dims]float64{p.Subnet, p.SubnetWifi, p.Site, p.SiteWifi, p.Transport, p.ISP, p.Center, p.Version, p.VPN, p.Meeting}[d]
}

// Params are the numbers of the model. [DefaultParams] are those that a simulation of 2,050 people over six days found
// good (macro F1 0.93, wrong blame 3 %), corrected on the scenarios of internal/scoreboard that are for tuning. All
// probabilities are 0 to 1, log-odds are natural logarithms.
type Params struct {
	// Open and Hold are the posterior log-odds at which a cell is held to be faulty, and stays so (99.3 % and 88 %). Between
	// 3 and 8 little changes: real faults have tens to thousands.
	Open, Hold float64
	// Rho is the correlation of one person's minutes: k of them weigh k/(1+(k−1)·Rho). Temper dampens the evidence of people,
	// who are not independent of each other either.
	Rho, Temper float64
	// MinBad is how many people must have unexplained trouble (MinBadSmall where at most SmallCell are live), and MinPlaces
	// from how many places where the cell is no place itself. One meeting with a bad talker looks like whatever its members
	// share: the people must come from two meetings, or be ManyBad.
	MinBad, MinBadSmall, SmallCell, MinPlaces, ManyBad int
	// MinCover is the least rate of trouble for a place (a place that is broken is mostly broken), MinCoverMeeting for a meeting
	// (what one sends, all hear), MinCoverWide for the rest.
	MinCover, MinCoverMeeting, MinCoverWide float64
	// Say is the least share of a minute's hazard for which a cause is named. Wrong blame is worse than unknown: of what is
	// said with 50 to 60 %, a quarter is wrong.
	Say float64
	// Prior is what is expected before anything is seen.
	Prior Prior
	// BaseBad and BaseFair are the shares of bad and fair-or-worse minutes of a person about whom nothing is known,
	// BaseWeight the minutes that this counts for, BaseDecay what a minute in the past is worth after the next, BaseLeast and
	// BaseMost the bounds of the result.
	BaseBad, BaseFair, BaseWeight, BaseDecay, BaseLeast, BaseMost float64
	// BusyCPU is where a computer is starved (%), Pressure the web client's word for it; QCPU the probability that a minute
	// is bad then, SingleHot the factor where the minutes around are not hot: one hot minute is common and harmless.
	BusyCPU, Pressure, QCPU, SingleHot float64
	// WeakDBm and VeryWeakDBm are signals, QWeak and QVeryWeak the probabilities that they make a minute bad.
	WeakDBm, VeryWeakDBm, QWeak, QVeryWeak float64
	// WifiShare is what Wi-Fi people have more than wired ones of lasting isolated trouble both ways (the attributable
	// fraction of epidemiology): how far Wi-Fi is blamed where no signal is reported.
	WifiShare float64
	// QCapture is the probability that a microphone or camera that shows a broken capture beside a clean network made the
	// minute bad.
	QCapture float64
	// QLine, QTransport and QVPN are the same for one person's line at home (lasting, one way), for their fallback from UDP,
	// and for a long way through a VPN.
	QLine, QTransport, QVPN float64
	// Talker, TalkerFair and Silent are what is expected of the receivers of a talker who sends badly or fairly, and the
	// factor for somebody who does not talk; SilentMost bounds the latter, OwnSend is the factor where the receiver's own
	// sending is bad, too.
	Talker, TalkerFair, Silent, SilentMost, OwnSend float64
}

// DefaultParams returns the numbers that are used unless somebody knows better.
func DefaultParams() Params {
	return Params{
		Open: 5, Hold: 2,
		Rho: .5, Temper: .7,
		MinBad: 3, MinBadSmall: 2, SmallCell: 4, MinPlaces: 3, ManyBad: 6,
		MinCover: .3, MinCoverMeeting: .5, MinCoverWide: .06,
		Say:     .58,
		Prior:   Prior{Subnet: .05, SubnetWifi: .05, Site: .05, SiteWifi: .02, Transport: .02, ISP: .03, Center: .02, Version: .01, VPN: .03, Meeting: .2},
		BaseBad: .008, BaseFair: .03, BaseWeight: 40, BaseDecay: .998, BaseLeast: .004, BaseMost: .9,
		BusyCPU: 88, Pressure: 3, QCPU: .5, SingleHot: .15,
		WeakDBm: -72, VeryWeakDBm: -77, QWeak: .2, QVeryWeak: .4,
		WifiShare: .6, QCapture: .6, QLine: .08, QTransport: .3, QVPN: .3,
		Talker: .6, TalkerFair: .3, Silent: .3, SilentMost: .4, OwnSend: .3,
	}
}
