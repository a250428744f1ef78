package live

// Take is Next without the wait: the pace is tested by itself.
func (sub *Subscription) Take() Delta { return sub.take() }
