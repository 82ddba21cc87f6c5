// The two-process suite and the hostile peers use both cores; more at once would only trip watchdogs.
[assembly: Parallelize(Workers = 2, Scope = ExecutionScope.ClassLevel)]
