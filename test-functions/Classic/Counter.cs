namespace Classic;

public sealed class Counter
{
    private int _value;

    public int Next() => Interlocked.Increment(ref _value);
}
