// Some tests count this process's descriptors and children.
[assembly: DoNotParallelize]
