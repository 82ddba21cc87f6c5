// This process has no channel: what is tested here is what the stub does without one, and its parts that need none.
[assembly: Parallelize(Scope = ExecutionScope.MethodLevel)]
