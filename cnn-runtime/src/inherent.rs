//! What `network!` leaves to the runtime: the methods of [`Network`](crate::Network) again,
//! inherent, so that the users of a net import nothing.

/// Gives a net its inherent constants and methods, and checks its tables:
/// `inherent!(Net = 2512)` for a [`Network`](crate::Network) of 2512 parameters.
/// `inherent!(Net = 2512, unknown)` is for a wrong net whose input is not known.
#[doc(hidden)]
#[macro_export]
macro_rules! inherent {
    ($net:ident = $count:expr) => {
        $crate::inherent!($net = $count, Engine);
    };
    ($net:ident = $count:expr, unknown) => {
        $crate::inherent!($net = $count, UnknownEngine);
    };
    ($net:ident = $count:expr, $engine:ident) => {
        const _: () = $crate::__private::assert_tables::<$net>();

        impl $net {
            /// How many parameters.
            pub const PARAM_COUNT: usize = $count;
            /// How many multiply-adds one image takes.
            pub const MACS: u64 = <Self as $crate::Network>::MACS;
            /// The memory for intermediate values, of each thread of each engine.
            pub const ARENA_BYTES: usize = <Self as $crate::Network>::ARENA_BYTES;
            /// The shape of an input image.
            pub const INPUT_SHAPE: $crate::Shape = <Self as $crate::Network>::INPUT_SHAPE;
            /// The shape of an output.
            pub const OUTPUT_SHAPE: $crate::Shape = <Self as $crate::Network>::OUTPUT_SHAPE;
            /// The layers, in the order of the forward pass.
            pub const LAYERS: &'static [$crate::LayerInfo<'static>] = <Self as $crate::Network>::LAYERS;
            /// The parameter tensors, in the order of the fields and of the flat parameters.
            pub const PARAMS: &'static [$crate::ParamInfo<'static>] = <Self as $crate::Network>::PARAMS;

            /// The tensors beside the parameters: batch normalisation's running statistics.
            pub const BUFFERS: &'static [$crate::ParamInfo<'static>] = <Self as $crate::Network>::BUFFERS;

            /// A net with PyTorch's default initialisation; the same seed gives the same numbers
            /// on every machine.
            pub fn init(seed: u64) -> $crate::__private::Box<Self> {
                <Self as $crate::Network>::init(seed)
            }

            /// A net whose parameters are all zero; its buffers are as in `init`.
            pub fn zeros() -> $crate::__private::Box<Self> {
                <Self as $crate::Network>::zeros()
            }

            /// A net with these parameters, in the order of `PARAMS`.
            ///
            /// # Errors
            ///
            /// If there are not exactly `PARAM_COUNT`.
            pub fn from_params(
                params: &[f32],
            ) -> $crate::__private::Result<$crate::__private::Box<Self>, $crate::ParamCountError> {
                <Self as $crate::Network>::from_params(params)
            }

            /// All parameters, in the order of `PARAMS`.
            pub fn params(&self) -> &[f32; $count] {
                $crate::__private::as_array(self)
            }

            /// All parameters, in the order of `PARAMS`.
            pub fn params_mut(&mut self) -> &mut [f32; $count] {
                $crate::__private::as_array_mut(self)
            }

            /// An engine for the forward pass on this CPU, with a packed copy of the parameters.
            pub fn engine(&self) -> $crate::__private::$engine<Self> {
                $crate::__private::$engine::new(self)
            }

            /// An engine of so many threads, the caller's included; 0 stands for as many as the CPU runs at once. Results
            /// are the same, bit for bit.
            pub fn engine_with(&self, threads: usize) -> $crate::__private::$engine<Self> {
                $crate::__private::$engine::with_threads(self, threads)
            }

            /// The table of layers.
            pub fn summary() -> $crate::Summary<'static> {
                <Self as $crate::Network>::summary()
            }
        }

        $crate::inherent_weights!($net);

        impl $crate::__private::fmt::Debug for $net {
            fn fmt(&self, f: &mut $crate::__private::fmt::Formatter<'_>) -> $crate::__private::fmt::Result {
                $crate::__private::debug(self, f)
            }
        }
    };
}

/// The part of [`inherent!`](crate::inherent) that needs the feature `safetensors`.
#[cfg(feature = "safetensors")]
#[doc(hidden)]
#[macro_export]
macro_rules! inherent_weights {
    ($net:ident) => {
        impl $net {
            /// Reads parameters and buffers from a safetensors file, by PyTorch's names and shapes.
            ///
            /// `F16`, `BF16` and `F64` become `f32`. Shapes may differ in 1s at their end, and
            /// `num_batches_tracked` is ignored. With the feature `npz`, the file may also be one
            /// of NumPy's; its content decides, not its name. `LoadOptions` is for files with
            /// other names.
            ///
            /// # Errors
            ///
            /// If the file cannot be read or is malformed, or its tensors are not exactly those
            /// of `PARAMS` and `BUFFERS`; one error lists all that differ.
            pub fn load(
                path: impl $crate::__private::AsRef<$crate::__private::Path>,
            ) -> $crate::__private::Result<$crate::__private::Box<Self>, $crate::WeightsError> {
                <Self as $crate::Network>::load(path)
            }

            /// Writes parameters and buffers to a safetensors file, all or nothing; PyTorch's
            /// `load_state_dict` takes them.
            ///
            /// # Errors
            ///
            /// If the file cannot be written; an old one is left as it was.
            pub fn save(
                &self,
                path: impl $crate::__private::AsRef<$crate::__private::Path>,
            ) -> $crate::__private::Result<(), $crate::WeightsError> {
                <Self as $crate::Network>::save(self, path)
            }

            /// As `load`, from memory.
            ///
            /// # Errors
            ///
            /// As for `load`.
            pub fn from_safetensors(
                bytes: &[u8],
            ) -> $crate::__private::Result<$crate::__private::Box<Self>, $crate::WeightsError> {
                <Self as $crate::Network>::from_safetensors(bytes)
            }

            /// The content of the file that `save` writes.
            pub fn to_safetensors(&self) -> $crate::__private::Vec<u8> {
                <Self as $crate::Network>::to_safetensors(self)
            }
        }
    };
}

/// The part of [`inherent!`](crate::inherent) that needs the feature `safetensors`: nothing.
#[cfg(not(feature = "safetensors"))]
#[doc(hidden)]
#[macro_export]
macro_rules! inherent_weights {
    ($net:ident) => {};
}
