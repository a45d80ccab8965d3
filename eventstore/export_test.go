package eventstore

// ErrUnknown is what an append of unknown outcome wraps.
var ErrUnknown = errUnknown

// What the fuzz targets take apart.
var (
	Encode     = (*Codec).encode
	SplitChain = splitChain
	WithChain  = withChain
	Link       = Chain.link
)
