package emulator

import "math"

// rung is one step of the ladder of video layers.
type rung struct {
	width, height int
	kbps, min     float64 // typical, and what is needed to hold it
	fps           float64
}

var ladder = [...]rung{
	{160, 90, 50, 30, 12}, {320, 180, 130, 80, 15}, {640, 360, 450, 250, 27}, {1280, 720, 1050, 650, 27}, {1920, 1080, 2600, 1700, 28},
}

// rate is the sender's or receiver's adaptation to what its path carries.
type rate struct {
	kbps  float64 // target for everything together
	level int     // rung
	hold  float64 // seconds since the next rung would have fitted
	low   int     // steps below 150 kbps
}

// adapt moves the target: down at once under loss or queue, up in steps; rungs are climbed after 18 s, one at a time.
func (a *rate) adapt(want, fair, loss, delayMs, reserved float64, top int, dt float64) {
	if a.kbps == 0 {
		a.kbps = min(want, .9*fair)
		a.level = top
	}
	switch {
	case loss > .08 || delayMs > 150:
		a.kbps *= .7
	case loss < .02 && delayMs < 80:
		a.kbps = a.kbps*1.25 + 10
	}
	a.kbps = max(60, min(a.kbps, want, .9*fair))
	room := a.kbps - reserved
	fits := 0
	for fits < top && ladder[fits+1].min <= room {
		fits++
	}
	switch {
	case fits < a.level:
		a.level, a.hold = fits, 0
	case fits > a.level:
		if a.hold += dt; a.hold >= 18 {
			a.level, a.hold = a.level+1, 0
		}
	default:
		a.hold = 0
	}
	if a.kbps < 150 {
		a.low++
	} else {
		a.low = 0
	}
}

// scene is what happens in a meeting in one step, as far as receivers need to know it.
type scene struct {
	talk, talkLoss float64 // sum of talk shares, and of share times loss on the way up
	talkJitter     float64
	cameras        int
	camLoss        float64
	big, second    *segment // who is on the big tile, and who is for the one on the big tile
}

// starved is how strongly a computer that is too busy loses pictures: at twice what it can do, four in five.
const starved = 1.5

// send computes what a segment sends in this step.
func (s *segment) send(m *meeting, w *World) {
	s.flows[audioSend], s.flows[videoSend], s.flows[shareSend] = flow{}, flow{}, flow{}
	n1, n2, n3 := s.luck.sending[0], s.luck.sending[1], s.luck.sending[2]
	if s.silent || m.present < 2 {
		return
	}
	audio := 0.0
	if !s.muted {
		audio = max(12, (25+43*s.talk)*(1+min(.6, 6*s.lossUp))+3*n1)
		if s.p.trouble.headset > 0 {
			audio = max(8, audio*.5)
		}
		s.flows[audioSend] = flow{active: true, kbps: audio, latency: s.rtt, jitter: s.jitterUp, loss: s.audioLoss}
	}
	top := s.wantedLevel(m)
	share := 0.0
	if m.sharer == s {
		share = m.shareKbps()
	}
	s.sender.adapt(60+ladder[top].kbps*1.2+share, s.fairUp, s.up.loss(), s.up.delay, audio+share, top, w.rhythm.dt)
	if s.camera {
		l := ladder[s.sender.level]
		room := max(30, s.sender.kbps-audio-share)
		kbps := min(room, l.kbps*(.8+.12*n2))
		fps := l.fps * clamp(room/l.kbps, .5, 1) / (1 + starved*s.over)
		if s.lossUp > .05 {
			fps *= .7
		}
		s.flows[videoSend] = flow{active: true, kbps: max(20, kbps), latency: s.rtt + 4, jitter: s.videoJitter(s.jitterUp),
			loss: s.lossUp, fps: clamp(fps+n3, 1, 30), width: l.width, height: l.height}
		f := &s.flows[videoSend]
		if s.p.mover && s.p.access == cellular {
			f.width, f.height = f.height, f.width
		}
		if x := s.p.trouble.camera; x > 0 { // the driver offers one format, and few pictures of it
			f.fps, f.width, f.height = clamp(12-6*x+.5*n3, 1, f.fps), 640, 480
		}
	}
	if share > 0 {
		s.flows[shareSend] = flow{active: true, kbps: min(share, max(30, s.sender.kbps-audio)), latency: s.rtt + 6, jitter: 1 + s.jitterUp,
			loss: s.lossUp, fps: m.shareFPS() / (1 + .4*s.over), width: m.display[0], height: m.display[1]}
	}
}

// videoJitter leaves the headset's stutter out: it is the microphone's alone.
func (s *segment) videoJitter(j float64) float64 {
	if x := s.p.trouble.headset; x > 0 {
		j -= 48 * x
	}
	return 1.5*j + 1
}

// wantedLevel is the rung that the largest view of this sender asks for.
func (s *segment) wantedLevel(m *meeting) int {
	level := 2
	switch {
	case m.sharer != nil && m.present > 2:
		level = 1
	case m.present == 2 && s.p.computer.hd:
		level = 3
	case m.present > 4 && m.speaker != s:
		level = 1
	case s.p.computer.hd && m.speaker == s:
		level = 3
	}
	return level
}

// unrepaired is the part of a sender's loss that reaches the receivers: single losses are repaired on the way, bursts are not.
func unrepaired(loss float64) float64 {
	loss = clamp(loss, 0, 1)
	return .7 * loss * loss / (loss + .02)
}

// receive computes what a segment receives in this step. What one person sends badly, all others receive badly.
func (s *segment) receive(m *meeting, w *World) {
	s.flows[audioReceive], s.flows[videoReceive], s.flows[shareReceive] = flow{}, flow{}, flow{}
	n1, n2 := s.luck.receiving[0], s.luck.receiving[1]
	if m.present < 2 {
		return
	}
	mine := 1 - (1-s.lossDown)*(1-.02*s.over)
	talk, talkLoss := m.scene.talk-s.talk, m.scene.talkLoss-s.talk*s.audioLoss
	lossA := mine
	jitterA := s.jitter
	if talk > .01 {
		lossA = 1 - (1-mine)*(1-unrepaired(talkLoss/talk))
		jitterA += .25 * clamp(m.scene.talkJitter-s.talk*s.jitterUp, 0, 200) / talk
	}
	if s.tcp {
		lossA = 0
	}
	s.flows[audioReceive] = flow{active: !s.bound, kbps: max(6, 14+52*min(1, talk)+3*n1), latency: s.rtt, jitter: jitterA, loss: lossA}
	s.receiveVideo(m, w, mine, n2)
	if m.sharer != nil && m.sharer != s {
		f := m.sharer.flows[shareSend]
		loss := 1 - (1-mine)*(1-unrepaired(m.sharer.lossUp))
		s.flows[shareReceive] = flow{active: true, kbps: f.kbps, latency: s.rtt + 6, jitter: 1 + s.jitter, loss: loss,
			fps: f.fps * (1 - min(.9, 2*loss)), width: f.width, height: f.height}
	}
}

func (s *segment) receiveVideo(m *meeting, w *World, mine, noise float64) {
	big, cams := m.scene.big, m.scene.cameras
	if s.camera {
		cams--
	}
	if big == s {
		big = m.scene.second
	}
	if cams < 1 || big == nil || s.phone {
		return
	}
	loss := .6 * big.lossUp
	if cams > 1 {
		others := m.scene.camLoss - big.lossUp
		if s.camera {
			others -= s.lossUp
		}
		loss += .4 * max(0, others) / float64(cams-1)
	} else {
		loss = big.lossUp
	}
	loss = 1 - (1-mine)*(1-unrepaired(loss))
	if s.tcp {
		loss = 0
	}
	level := big.sender.level
	thumbnails := float64(min(24, cams-1)) * ladder[min(1, level)].kbps * .8
	want := 70 + ladder[level].kbps + thumbnails
	s.receiver.adapt(want, s.fairDown, s.down.loss(), s.down.delay, 60, level, w.rhythm.dt)
	l := ladder[min(level, s.receiver.level)]
	room := max(30, s.receiver.kbps-60)
	kbps := min(room, big.flows[videoSend].kbps*l.kbps/ladder[level].kbps+thumbnails) * (1 + .04*noise)
	fps := min(big.flows[videoSend].fps, l.fps) * (1 - min(.85, 3*loss)) / (1 + starved*s.over)
	s.flows[videoReceive] = flow{active: true, kbps: max(20, kbps), latency: s.rtt + 4, jitter: 1.5*s.jitter + 1, loss: loss,
		fps: max(1, fps), width: l.width, height: l.height}
}

// audioScore estimates what Zoom would say of an audio stream: the E-model with half of the loss repaired. 0 without one.
func audioScore(r *reading) float64 {
	if !r.active {
		return 0
	}
	d := r.latencyMs/2 + 2*r.jitterMs + 20
	id := .024*d + .11*max(0, d-177.3)
	p := r.lossAvgPct / 2
	ie := 95 * p / (p + 20/(1+min(1, r.lossMaxPct/50)))
	x := clamp(93.2-id-ie, 0, 100)
	return clamp(1+.035*x+7e-6*x*(x-60)*(100-x), 1, 4.5)
}

// pictureScore estimates the same for video or sharing. best is the frame rate of an undisturbed stream.
func pictureScore(r *reading, best float64) float64 {
	if !r.active {
		return 0
	}
	smooth := math.Pow(clamp(r.fps/best, .02, 1), .6)
	sharp := math.Pow(clamp(float64(min(r.width, r.height))/360, .1, 1), .25)
	return clamp(1+3.6*smooth*sharp*math.Exp(-r.lossAvgPct/10)*math.Exp(-r.jitterMs/250), 1, 4.6)
}
