namespace Nexus.Differential.Tests.Cases;

internal static class HelloAllCases
{
    public static IReadOnlyList<DifferentialCase> List { get; } =
    [
        new("hello: three services", "HelloAll", "this is visit 2", """{"name":"Ada"}""", """{"name":"Ada"}""")
        {
            Prepare = async data =>
            {
                await data.DynamoDb.DeleteTableAsync("counters");
                await Task.Delay(50);
                await data.CreateTableAsync("counters", "name");
            },
        },
        new("hello: missing name", "HelloAll", "AmazonDynamoDBException", "{}"),
        new("hello: unicode", "HelloAll", "AmazonDynamoDBException", """{"name":"Zoë ☃"}"""),
    ];
}
