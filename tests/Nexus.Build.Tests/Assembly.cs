// A build is mostly one thread: two at a time use two cores.
[assembly: Parallelize(Workers = 2, Scope = ExecutionScope.MethodLevel)]
