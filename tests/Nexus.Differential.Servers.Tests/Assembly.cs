// Two worlds of processes on few cores: one test at a time keeps their order of events readable.
[assembly: DoNotParallelize]
