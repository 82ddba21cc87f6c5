// The cases share emulators and reset their data, one case after the other.
[assembly: DoNotParallelize]
